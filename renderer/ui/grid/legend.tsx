import { Popover, type PopoverProps } from '@mantine/core';
import { CircleHelp } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Button } from '../button.tsx';
import gridCss from './grid.module.css';
import css from './legend.module.css';

/** What a cell of the grid may show. */
export interface LegendSign {
  words: string;
  picture?: ReactNode;
  /** The `data-` attributes by which a cell shows it; none where the picture is all. */
  marks?: Readonly<Record<string, string | true>>;
}

interface LegendProps {
  signs: readonly LegendSign[];
  keys: readonly (readonly [keys: string, words: string])[];
  /** Class of the grid's cells, for what is its own of `marks`. */
  cell?: string | undefined;
  position: NonNullable<PopoverProps['position']>;
  /** CSS pixels; from 500 on, signs and keys stand side by side. */
  width: number;
}

/** A button that opens what the signs of a grid mean, and its keys. */
export function Legend({ signs, keys, cell = '', position, width }: LegendProps): ReactNode {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position={position} width={width} trapFocus returnFocus>
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
          <ul className={css['list']} aria-label="Signs">
            {signs.map(({ words, picture, marks }) => (
              <li key={words} className={css['sign']}>
                <span
                  className={`${css['picture'] ?? ''} ${marks === undefined ? '' : `${gridCss['cell'] ?? ''} ${cell}`}`}
                  {...marks}
                >
                  {picture}
                </span>
                {words}
              </li>
            ))}
          </ul>
          <dl className={css['list']}>
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
