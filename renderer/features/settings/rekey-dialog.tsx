import { useState, type ReactNode } from 'react';
import { keyhold, valueOf, type Answer } from '../../lib/api.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFrame } from '../../ui/form.tsx';
import { useSecretForm } from '../../ui/secret-form.ts';
import { toastDone } from '../../ui/toast.ts';
import { usePassphraseProof } from '../vault/use-passphrase.tsx';
import { StoreCodeDialog } from './recovery-code-dialog.tsx';
import css from './security.module.css';

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
  const proof = usePassphraseProof();
  const form = useSecretForm({
    secrets: { passphrase: proof },
    send: (typed) => valueOf(keyhold().slots.rekey(typed)),
    onDone: onRekeyed,
  });
  return (
    <FormFrame form={form} action="Re-key vault" busyAction="Re-keying…" onCancel={onClose}>
      <div className={css['form']}>
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
      </div>
    </FormFrame>
  );
}
