import type { ReactNode } from 'react';
import { counted } from '../../../lib/format.ts';
import { Button } from '../../../ui/button.tsx';
import { ProgressBar } from '../../../ui/progress-bar.tsx';
import css from '../parts/access.module.css';
import type { AccessWork } from '../model/access-work.ts';
import { focusGrid } from '../parts/focus-grid.ts';
import { useHeld } from '../../../lib/held-value.ts';
import { takenBack } from '../model/pending.ts';
import type { Applying } from './use-apply.ts';

interface PendingBarProps {
  work: AccessWork;
  applying: Applying;
  onReview: () => void;
  onDiscard: () => void;
}

/** How many changes are pending, and what becomes of them. */
export function PendingBar({ work, applying, onReview, onDiscard }: PendingBarProps): ReactNode {
  const state = useHeld(work.pending);
  const standing = useHeld(work.standing);
  const { phase } = applying;
  const count = state.changes.size;
  if (count === 0) return null;
  if (phase !== 'idle') return <UnderWay applying={applying} count={count} />;
  const isUnknown = standing.kind === 'unknown';
  return (
    <section
      className={css['bar']}
      aria-label="Pending changes"
      data-tone={isUnknown ? 'warning' : undefined}
    >
      <p className={css['barWords']} role="status">
        {isUnknown
          ? `Nobody knows yet whether ${counted(count, 'change')} ${count === 1 ? 'was' : 'were'} made`
          : `${counted(count, 'change')} pending`}
      </p>
      {isUnknown ? (
        <>
          <Button onClick={onReview}>What is known</Button>
          <Button
            kind="primary"
            onClick={() => {
              focusGrid();
              applying.sendAgain();
            }}
          >
            Try again
          </Button>
        </>
      ) : (
        <>
          <span
            className={css['barNote']}
          >{`${count === 1 ? 'It waits' : 'They wait'} as long as Keyhold runs.`}</span>
          {state.before.length > 0 && (
            <Button
              kind="quiet"
              aria-keyshortcuts="Control+Z"
              onClick={() => {
                if (state.before.length === 1) focusGrid();
                work.pending.set(takenBack(work.pending.get()));
              }}
            >
              Take back last
            </Button>
          )}
          <Button kind="quiet" onClick={onDiscard}>
            Discard
          </Button>
          <Button onClick={onReview}>Review</Button>
          <Button
            kind="primary"
            onClick={() => {
              focusGrid();
              applying.check();
            }}
          >
            Apply
          </Button>
        </>
      )}
    </section>
  );
}

/** While changes are looked at and made. What is sent cannot be called back, and says so. */
export function UnderWay({ applying, count }: { applying: Applying; count: number }): ReactNode {
  const isSending = applying.phase === 'sending';
  const words = isSending ? `Making ${counted(count, 'change')}…` : 'Looking at what they would do…';
  return (
    <section className={css['bar']} aria-label="Pending changes">
      <span className={css['progress']}>
        <ProgressBar label={words} done={0} total={0} />
      </span>
      <p className={css['barWords']} role="status">
        {words}
        {isSending && (
          <span className="kh-dim">
            {' '}
            Sent: it cannot be cancelled any more, and can be undone afterwards.
          </span>
        )}
      </p>
      {!isSending && <Button onClick={applying.cancel}>Cancel</Button>}
    </section>
  );
}
