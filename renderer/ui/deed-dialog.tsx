import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Result } from '../../contracts/errors.ts';
import { valueOf } from '../lib/api.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { toastDone } from './toast.ts';

interface DeedDialogProps {
  title: string;
  /** The words of its button. */
  action: string;
  harmless?: boolean;
  typeToConfirm?: string;
  /** Has main do it. */
  run: () => Promise<Result<unknown>>;
  /** What a toast says once it is done; a second line below the first. */
  done: readonly [title: string, text?: string];
  /** What is read again, whatever came of it. */
  stale: readonly QueryKey[];
  onDone?: () => void;
  onClose: () => void;
  /** What is lost. */
  children: ReactNode;
}

/** Asks before something is lost, and has it done. */
export function DeedDialog(props: DeedDialogProps): ReactNode {
  const { run, done, stale, onDone, onClose, ...dialog } = props;
  const client = useQueryClient();
  const deed = useMutation({
    mutationFn: () => valueOf(run()),
    onSuccess: () => {
      toastDone(...done);
      onClose();
      onDone?.();
    },
    onSettled: () => Promise.all(stale.map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  return (
    <ConfirmDialog
      {...dialog}
      opened
      busy={deed.isPending}
      error={deed.error}
      onConfirm={deed.mutate}
      onClose={onClose}
    />
  );
}
