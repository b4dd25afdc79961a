import { Popover } from '@mantine/core';
import { CircleHelp } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Button } from '../../../ui/button.tsx';
import css from '../parts/access.module.css';
import { Glyph } from '../parts/glyph.tsx';
import gridCss from '../../../ui/grid/grid.module.css';

const signs: readonly { access: number; direct: number; words: string }[] = [
  { access: 0, direct: 0, words: 'None' },
  { access: 1, direct: 1, words: 'Pull' },
  { access: 3, direct: 3, words: 'Push, and pull' },
  { access: 7, direct: 7, words: 'Delete, too' },
  { access: 15, direct: 15, words: 'Admin: all of it' },
  { access: 3, direct: 0, words: 'From a role, a group or everybody' },
  { access: 7, direct: 1, words: 'Pull granted directly, the rest not' },
  { access: 2, direct: 2, words: 'Push without pull' },
  { access: 0, direct: 3, words: 'Granted, but without effect' },
];

const marks: readonly { mark: 'denied' | 'ends' | 'pending'; words: string }[] = [
  { mark: 'denied', words: 'A rule denies part of it' },
  { mark: 'ends', words: 'It ends' },
  { mark: 'pending', words: 'Pending: not so yet' },
];

const keys: readonly [keys: string, words: string][] = [
  ['0–4', 'None, pull, push, delete, admin'],
  ['Space, click', 'The next level'],
  ['Enter, W', 'Why; on a name, its menu'],
  ['E', 'Set the end'],
  ['Shift+arrows, Shift+click, dragging', 'Select a range'],
  ['Shift+Space', 'Select the row'],
  ['Ctrl+Space', 'Select the column'],
  ['Ctrl+Z', 'Take the last change back'],
  ['Escape', 'Select one cell again'],
];

/** What the signs of the matrix mean, and its keys. */
export function Legend(): ReactNode {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="top-end" width={520} trapFocus returnFocus>
      <Popover.Target>
        <Button
          size="small"
          kind="quiet"
          icon={<CircleHelp size={16} />}
          aria-expanded={opened}
          onClick={() => setOpened(!opened)}
        >
          Signs and keys
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Signs and keys" tabIndex={0}>
        <div className={css['legend']}>
          <ul className={css['signs']} aria-label="Signs">
            {signs.map(({ access, direct, words }) => (
              <li key={words} className={css['sign']}>
                <span className={css['signPicture']}>
                  <Glyph access={access} direct={direct} />
                </span>
                {words}
              </li>
            ))}
            {marks.map(({ mark, words }) => (
              <li key={words} className={css['sign']}>
                <span
                  className={`${css['signPicture'] ?? ''} ${gridCss['cell'] ?? ''}`}
                  {...{ [`data-${mark}`]: true }}
                >
                  <Glyph access={1} direct={1} />
                </span>
                {words}
              </li>
            ))}
          </ul>
          <dl className={css['keys']}>
            {keys.map(([combination, words]) => (
              <div key={combination} className={css['key']}>
                <dt>{combination}</dt>
                <dd>{words}</dd>
              </div>
            ))}
          </dl>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
