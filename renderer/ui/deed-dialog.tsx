import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Result } from '../../contracts/errors.ts';
import { valueOf } from '../lib/api.ts';
import { ConfirmForm } from './confirm-dialog.tsx';
import { Dialog } from './dialog.tsx';
import { toastDone } from './toast.ts';

interface DeedFormProps {
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
  onClose: () => void;
  /** What is lost. */
  children: ReactNode;
}

/** Asks before something is lost, and has it done. */
export function DeedDialog({ title, ...form }: DeedFormProps & { title: string }): ReactNode {
  return (
    <Dialog opened onClose={form.onClose} title={title}>
      <DeedForm {...form} />
    </Dialog>
  );
}

/** What is in the dialog, for a sheet: no dialog lies over one. */
export function DeedForm({ run, done, stale, onClose, ...form }: DeedFormProps): ReactNode {
  const client = useQueryClient();
  const deed = useMutation({
    mutationFn: () => valueOf(run()),
    onSuccess: () => {
      toastDone(...done);
      onClose();
    },
    onSettled: () => Promise.all(stale.map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  return (
    <ConfirmForm
      {...form}
      busy={deed.isPending}
      error={deed.error}
      onConfirm={deed.mutate}
      onClose={onClose}
    />
  );
}
