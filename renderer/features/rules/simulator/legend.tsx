import { Popover } from '@mantine/core';
import { CircleHelp } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Decision } from '../../../../contracts/permissions/decision.ts';
import type { Rule } from '../../../../contracts/permissions/rule.ts';
import { Button } from '../../../ui/button.tsx';
import { Sign } from './sign.tsx';
import css from './simulator.module.css';

const by: Rule = { text: '', effect: 'allow', segments: [] };
const bad = { index: 0, text: '', problem: { reason: 'empty' as const, at: 0, length: 0 } };

const signs: readonly { decision: Decision | null; words: string }[] = [
  { decision: { allowed: true, because: 'granted', by }, words: 'Allowed' },
  { decision: { allowed: false, because: 'not_granted' }, words: 'Not granted: no rule speaks of it' },
  { decision: { allowed: false, because: 'denied', by }, words: 'Denied by a rule' },
  { decision: { allowed: false, because: 'bad_rule', bad }, words: 'Refused: a rule cannot be read' },
  { decision: null, words: 'Not known' },
];

/** What the signs mean, and the keys of the map. */
export function Legend(): ReactNode {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={280} trapFocus returnFocus>
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
        <ul className={css['signs']} aria-label="Signs" tabIndex={0}>
          {signs.map(({ decision, words }) => (
            <li key={words} className={css['signLine']}>
              <span className={css['signCell']} data-answer={decision?.because ?? 'unknown'}>
                <Sign decision={decision} />
              </span>
              {words}
            </li>
          ))}
          <li className={css['signLine']}>
            <span className={css['signCell']} data-pending />
            Changed by the line to be added
          </li>
        </ul>
        <p className={css['keysLine']}>Arrows, Page Up and Down, Home and End move; Enter or W says why.</p>
      </Popover.Dropdown>
    </Popover>
  );
}
