import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { asCallError, keyhold, valueOf, type CallError } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { toastDone } from '../../ui/toast.ts';
import { useNewPassphrase } from '../vault/use-new-passphrase.tsx';
import css from './security.module.css';
import { isProofError, usePassphraseProof } from './use-passphrase-proof.tsx';

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
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError | null>(null);
  const proof = usePassphraseProof('Current passphrase', error);
  const next = useNewPassphrase({ label: 'New passphrase' });

  const change = async (old: string, text: string): Promise<void> => {
    setBusy(true);
    try {
      await valueOf(keyhold().slots.changePassphrase({ old, new: text }));
      proof.clear();
      next.clear();
      onClose();
      toastDone('Passphrase changed', 'The new one opens the vault from now on.');
    } catch (thrown) {
      const failure = asCallError(thrown);
      setBusy(false);
      if (!next.refuse(failure)) setError(failure);
    }
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (busy) return;
    setError(null);
    const old = proof.read();
    const text = old === null ? null : next.read();
    if (old !== null && text !== null) void change(old, text);
  };
  return (
    <form className={css['form']} onSubmit={submit} noValidate>
      {proof.field}
      {next.fields}
      {error !== null && !isProofError(error) && <ErrorNotice error={error} />}
      <p className="kh-dim">
        Copies of the vault file from before still open with the old passphrase. You can delete Keyhold’s own
        below, under Backup.
      </p>
      <div className={css['foot']}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" busy={busy}>
          {busy ? 'Changing…' : 'Change passphrase'}
        </Button>
      </div>
    </form>
  );
}
