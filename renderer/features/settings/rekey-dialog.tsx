import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { asCallError, keyhold, valueOf, type Answer, type CallError } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { toastDone } from '../../ui/toast.ts';
import { StoreCodeDialog } from './recovery-code-dialog.tsx';
import css from './security.module.css';
import { isProofError, usePassphraseProof } from './use-passphrase-proof.tsx';

interface RekeyDialogProps {
  opened: boolean;
  hasCode: boolean;
  onClose: () => void;
}

/** Gives the vault a new data key; shows the new recovery code when there was one. */
export function RekeyDialog({ opened, hasCode, onClose }: RekeyDialogProps): ReactNode {
  const [codeId, setCodeId] = useState<string | null>(null);
  const onRekeyed = (done: Answer<'slots', 'rekey'>): void => {
    toastDone(
      'Vault re-keyed',
      done.keychain === 'lost' ? 'The system keychain did not take the new key; it is turned off.' : '',
    );
    setCodeId(done.codeId);
    if (done.codeId === null) onClose();
  };
  if (codeId !== null) {
    return (
      <StoreCodeDialog
        codeId={codeId}
        onDone={() => {
          setCodeId(null);
          onClose();
        }}
      />
    );
  }
  return (
    <Dialog opened={opened} onClose={onClose} title="Re-key vault">
      <RekeyForm hasCode={hasCode} onRekeyed={onRekeyed} onClose={onClose} />
    </Dialog>
  );
}

interface RekeyFormProps {
  hasCode: boolean;
  onRekeyed: (done: Answer<'slots', 'rekey'>) => void;
  onClose: () => void;
}

function RekeyForm({ hasCode, onRekeyed, onClose }: RekeyFormProps): ReactNode {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CallError | null>(null);
  const proof = usePassphraseProof('Passphrase', error);

  const rekey = async (passphrase: string): Promise<void> => {
    setBusy(true);
    try {
      const done = await valueOf(keyhold().slots.rekey({ passphrase }));
      proof.clear();
      onRekeyed(done);
    } catch (thrown) {
      setError(asCallError(thrown));
      setBusy(false);
    }
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (busy) return;
    setError(null);
    const passphrase = proof.read();
    if (passphrase !== null) void rekey(passphrase);
  };
  return (
    <form className={css['form']} onSubmit={submit} noValidate>
      <p>The vault gets a new data key, and every secret is encrypted with it. Your keys stay the same.</p>
      <ul>
        <li>The passphrase stays as it is.</li>
        {hasCode && <li>Your recovery code stops working. You get a new one to store.</li>}
        <li>
          Copies of the vault file from before still open as they did. Delete Keyhold’s own under Backup; if
          somebody may have one, register new keys with your services too.
        </li>
      </ul>
      {proof.field}
      {error !== null && !isProofError(error) && <ErrorNotice error={error} />}
      <div className={css['foot']}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" busy={busy}>
          {busy ? 'Re-keying…' : 'Re-key vault'}
        </Button>
      </div>
    </form>
  );
}
