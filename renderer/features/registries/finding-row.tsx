import { CircleAlert, CircleCheck, Copy, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Finding } from '../../../contracts/ipc/doctor.ts';
import { keyhold } from '../../lib/api.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { Code } from '../../ui/code.tsx';
import { toastDone } from '../../ui/toast.ts';
import { useAction } from '../../ui/use-action.ts';
import css from './doctor.module.css';

const states = {
  ok: { icon: CircleCheck, words: 'All well' },
  warning: { icon: TriangleAlert, words: 'Worth a look' },
  broken: { icon: CircleAlert, words: 'Broken' },
} as const;

interface FindingRowProps {
  finding: Finding;
  mending: boolean;
  /** Another thing is being mended, or all are looked at anew. */
  blocked: boolean;
  onMend: () => void;
}

/** One finding: how it is, why that matters, and what mends it. */
export function FindingRow({ finding, mending, blocked, onMend }: FindingRowProps): ReactNode {
  const { state, subject, found, why, mend } = finding;
  const { icon: Icon, words } = states[state];
  return (
    <li className={css['finding']} data-state={state}>
      <Icon className={css['icon']} aria-label={words} />
      <div className={css['words']}>
        <h3 className={css['subject']}>
          <Breakable>{subject}</Breakable>
        </h3>
        <p className={css['found']}>
          <Breakable>{found}</Breakable>
        </p>
        {why !== null && (
          <p className={css['why']}>
            <Breakable>{why}</Breakable>
          </p>
        )}
        {mend?.by === 'keyhold' && (
          <div className={css['mending']}>
            <Button
              size="small"
              busy={mending}
              disabled={blocked}
              aria-label={`${mend.label}: ${subject}`}
              onClick={onMend}
            >
              {mend.label}
            </Button>
          </div>
        )}
        {mend?.by === 'person' && (
          <>
            <p className={css['advice']}>
              <Breakable>{mend.advice}</Breakable>
            </p>
            {mend.command !== null && <Command id={finding.id} subject={subject} command={mend.command} />}
          </>
        )}
      </div>
    </li>
  );
}

function Command({ id, subject, command }: { id: string; subject: string; command: string }): ReactNode {
  const copy = useAction(
    () => keyhold().doctor.copyCommand({ id }),
    () => {
      toastDone('Command copied', 'Paste it into a terminal.');
    },
  );
  return (
    <div className={css['command']}>
      <Code>{command}</Code>
      <Button size="small" icon={<Copy />} aria-label={`Copy command: ${subject}`} call={copy}>
        Copy
      </Button>
    </div>
  );
}
