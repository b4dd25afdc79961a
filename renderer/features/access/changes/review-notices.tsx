import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ChangedCell } from '../../../../contracts/ipc/access.ts';
import { CallError } from '../../../lib/api.ts';
import { andWords, counted } from '../../../lib/format.ts';
import { Button } from '../../../ui/button.tsx';
import { Notice } from '../../../ui/notice.tsx';
import { toastError } from '../../../ui/toast.ts';
import type { AccessWork } from '../model/access-work.ts';
import type { Sides } from '../model/cell-store.ts';
import { cellKey } from '../model/pending.ts';
import { leaveTheirs, standOnNow, type Applying } from './use-apply.ts';
import { changedCellWord } from '../model/change-words.ts';

const namedMax = 8;

/** The answer to what was sent got lost. */
export function UnknownNotice({ applying }: { applying: Applying }): ReactNode {
  return (
    <Notice
      tone="warning"
      title="The service was asked, and its answer got lost"
      urgent
      actions={
        <Button size="small" kind="primary" onClick={applying.sendAgain}>
          Try again
        </Button>
      }
    >
      Either all of these changes were made, or none. Try again finds out: what was made already is not made
      twice. Nothing that you prepared is lost.
    </Notice>
  );
}

interface ChangedNoticeProps {
  work: AccessWork;
  sides: Sides;
  cells: readonly ChangedCell[];
  /** Nothing is pending any more. */
  onEmpty: () => void;
}

/** Somebody else changed some of the cells meanwhile: theirs or mine. */
export function ChangedNotice({ work, sides, cells, onEmpty }: ChangedNoticeProps): ReactNode {
  const keep = useMutation({
    mutationFn: () => standOnNow(work, sides),
    onSuccess: (isRead) => {
      if (!isRead) toastError(new CallError('server_unreachable'));
    },
  });
  const take = useMutation({
    mutationFn: () =>
      leaveTheirs(
        work,
        sides,
        cells.map(({ principal, repository }) => cellKey(principal.reference, repository)),
      ),
    onSuccess: () => {
      if (work.pending.get().changes.size === 0) onEmpty();
    },
  });
  const more = cells.length - namedMax;
  return (
    <Notice
      tone="warning"
      title={`Nothing was changed: others changed ${counted(cells.length, 'of these cells', 'of these cells')} meanwhile`}
      urgent
      actions={
        <>
          <Button size="small" call={keep}>
            Keep mine
          </Button>
          <Button size="small" call={take}>
            Take theirs
          </Button>
        </>
      }
    >
      <ul>
        {cells.slice(0, namedMax).map((cell) => (
          <li key={cellKey(cell.principal.reference, cell.repository)}>{changedCellWord(cell)}</li>
        ))}
        {more > 0 && <li>{`and ${counted(more, 'other')}`}</li>}
      </ul>
      “Keep mine” shows what yours would do now, before anything is made.
    </Notice>
  );
}

/** The user takes the right to all this from themselves. */
export function OwnAdminNotice({ repositories }: { repositories: readonly string[] }): ReactNode {
  const more = repositories.length - namedMax;
  const named = repositories.slice(0, namedMax);
  const words = andWords(more > 0 ? [...named, `${more.toLocaleString('en')} more`] : named);
  return (
    <Notice tone="warning" title="You take the right to administer from yourself">
      {`Afterwards you can neither see nor change who uses ${words}. Somebody else who administers it would have to give it back.`}
    </Notice>
  );
}
