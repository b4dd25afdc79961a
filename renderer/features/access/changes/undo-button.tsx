import { useMutation, type QueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { CallError, keyhold, valueOf } from '../../../lib/api.ts';
import { Button } from '../../../ui/button.tsx';
import { toastDone, toastError, toastNote } from '../../../ui/toast.ts';
import type { AccessWork } from '../model/access-work.ts';
import { batchesQuery } from '../model/queries.ts';
import { changedCellWords } from '../model/change-words.ts';

interface UndoButtonProps {
  work: AccessWork;
  batchId: string;
  /** Of the page: a toast is shown beside it. */
  client: QueryClient;
  label?: string;
}

/** Takes a batch back, where no later change stands on it. */
export function UndoButton({ work, batchId, client, label }: UndoButtonProps): ReactNode {
  const { place, cells } = work;
  const undo = useMutation(
    {
      mutationFn: () => valueOf(keyhold().access.undo({ ...place, batchId })),
      onSuccess: (outcome) => {
        if (outcome.kind === 'done') toastDone('The changes are undone');
        if (outcome.kind === 'undone_already') toastNote('These changes were undone already.');
        if (outcome.kind === 'unknown') toastError(new CallError('server_unreachable'));
        if (outcome.kind === 'changed_meanwhile')
          toastNote(`Not undone: changed since by others. ${changedCellWords(outcome.cells)}`);
      },
      onError: toastError,
      onSettled: () => {
        cells.age();
        void client.invalidateQueries({ queryKey: ['access-explain', place.contextId] });
        return client.invalidateQueries(batchesQuery(place));
      },
    },
    client,
  );
  return (
    <Button size="small" call={undo} aria-label={label}>
      Undo
    </Button>
  );
}
