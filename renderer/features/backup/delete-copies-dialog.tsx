import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { keyhold, valueOf } from '../../lib/api.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { toastDone } from '../../ui/toast.ts';
import { backupQuery } from './queries.ts';

interface DeleteCopiesDialogProps {
  opened: boolean;
  onClose: () => void;
}

/** Deletes the vault's dated copies, for those who changed what opens the vault and want nothing older to open. */
export function DeleteCopiesDialog({ opened, onClose }: DeleteCopiesDialogProps): ReactNode {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => valueOf(keyhold().backup.removeCopies()),
    onSuccess: async () => {
      await client.invalidateQueries(backupQuery);
      onClose();
      toastDone('Copies deleted', 'Keyhold makes the next one after you unlock the vault again.');
    },
  });
  return (
    <ConfirmDialog
      opened={opened}
      title="Delete the copies of the vault?"
      action="Delete copies"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={remove.mutate}
      onClose={onClose}
    >
      <p>
        Each copy opens with the passphrase, recovery code or keychain of its day. Delete them when somebody
        may know an old one.
      </p>
      <p className="kh-dim">
        Until the next copy is made there is none to fall back on if the vault file is damaged.
      </p>
    </ConfirmDialog>
  );
}
