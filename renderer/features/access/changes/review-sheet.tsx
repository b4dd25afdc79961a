import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { PreviewSummary } from '../../../../contracts/ipc/access.ts';
import { keyhold, valueOf } from '../../../lib/api.ts';
import { counted } from '../../../lib/format.ts';
import { Button } from '../../../ui/button.tsx';
import { Sheet } from '../../../ui/dialog.tsx';
import { LinesSkeleton } from '../../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../../ui/notice.tsx';
import css from '../parts/access.module.css';
import type { AccessWork } from '../model/access-work.ts';
import type { Sides } from '../model/cell-store.ts';
import { useHeld } from '../../../lib/held-value.ts';
import { UnderWay } from './pending-bar.tsx';
import { without, type PendingChange } from '../model/pending.ts';
import { ReviewEffects } from './review-effects.tsx';
import { ChangedNotice, OwnAdminNotice, UnknownNotice } from './review-notices.tsx';
import { askedOf, type Applying } from './use-apply.ts';

interface ReviewSheetProps {
  work: AccessWork;
  sides: Sides;
  applying: Applying;
  onClose: () => void;
}

/** What the pending changes would do, in words, before they are made. */
export function ReviewSheet({ work, sides, applying, onClose }: ReviewSheetProps): ReactNode {
  const { changes } = useHeld(work.pending);
  const standing = useHeld(work.standing);
  const [now] = useState(Date.now);
  const asked = askedOf(work.place, changes);
  const isSettled = standing.kind !== 'unknown';
  const preview = useQuery({
    queryKey: ['access-preview', asked],
    queryFn: () => valueOf(keyhold().access.preview(asked)),
    staleTime: 0,
    gcTime: 0,
    enabled: changes.size > 0 && isSettled && applying.phase === 'idle',
  });
  const leaveOut = (keys: readonly string[]): void => {
    const next = without(work.pending.get(), keys);
    work.pending.set(next);
    if (next.changes.size === 0) onClose();
  };
  const isBlocked = standing.kind !== 'none' || preview.data === undefined || preview.data.refused.length > 0;
  return (
    <Sheet opened onClose={onClose} title={`Review ${counted(changes.size, 'change')}`} size={560}>
      <div className={css['review']}>
        {applying.error !== null && (
          <ErrorNotice error={applying.error} retry={applying.check}>
            <p>Nothing was lost: the changes are still pending.</p>
          </ErrorNotice>
        )}
        {standing.kind === 'unknown' && <UnknownNotice applying={applying} />}
        {standing.kind === 'changed' && (
          <ChangedNotice work={work} sides={sides} cells={standing.cells} onEmpty={onClose} />
        )}
        {isSettled && preview.isError && applying.error === null && (
          <ErrorNotice error={preview.error} retry={() => void preview.refetch()} />
        )}
        {isSettled && preview.isPending && <LinesSkeleton lines={6} />}
        {isSettled && preview.data !== undefined && (
          <Found
            preview={preview.data}
            changes={[...changes.values()]}
            now={now}
            onLeaveOut={leaveOut}
            sides={sides}
          />
        )}
        <div className={css['reviewFoot']}>
          {applying.phase === 'idle' ? (
            <>
              <Button onClick={onClose}>Back to the matrix</Button>
              {isSettled && (
                <Button kind="primary" disabled={isBlocked} onClick={applying.send}>
                  {`Apply ${counted(changes.size, 'change')}`}
                </Button>
              )}
            </>
          ) : (
            <UnderWay applying={applying} count={changes.size} />
          )}
        </div>
      </div>
    </Sheet>
  );
}

interface FoundProps {
  preview: PreviewSummary;
  changes: readonly PendingChange[];
  sides: Sides;
  now: number;
  onLeaveOut: (keys: readonly string[]) => void;
}

function Found(props: FoundProps): ReactNode {
  return (
    <>
      {props.preview.ownAdminLost.length > 0 && <OwnAdminNotice repositories={props.preview.ownAdminLost} />}
      <ReviewEffects {...props} />
    </>
  );
}
