import type { ReactNode } from 'react';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFrame } from '../../ui/form.tsx';
import { useSecretForm } from '../../ui/secret-form.ts';
import { toastDone } from '../../ui/toast.ts';
import { useNewPassphrase } from '../vault/use-new-passphrase.tsx';
import { usePassphraseProof } from '../vault/use-passphrase.tsx';
import css from './security.module.css';

interface ChangePassphraseDialogProps {
  opened: boolean;
  onClose: () => void;
}

/** Changes the passphrase. */
export function ChangePassphraseDialog({ opened, onClose }: ChangePassphraseDialogProps): ReactNode {
  return (
    <Dialog opened={opened} onClose={onClose} title="Change passphrase">
      <ChangeForm onClose={onClose} />
    </Dialog>
  );
}

function ChangeForm({ onClose }: { onClose: () => void }): ReactNode {
  const proof = usePassphraseProof('Current passphrase');
  const next = useNewPassphrase({ label: 'New passphrase' });
  const form = useSecretForm({
    secrets: { old: proof, new: next },
    send: (typed) => valueOf(keyhold().slots.changePassphrase(typed)),
    onDone: () => {
      onClose();
      toastDone('Passphrase changed', 'The new one opens the vault from now on.');
    },
  });
  return (
    <FormFrame form={form} action="Change passphrase" busyAction="Changing…" onCancel={onClose}>
      <div className={css['form']}>
        {proof.field}
        {next.fields}
        <p className="kh-dim">
          Copies of the vault file from before still open with the old passphrase. You can delete Keyhold’s
          own below, under Backup.
        </p>
      </div>
    </FormFrame>
  );
}
