import type { ReactNode } from 'react';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFrame } from '../../ui/form.tsx';
import { useSecretForm } from '../../ui/secret-form.ts';
import { toastDone } from '../../ui/toast.ts';
import { usePassphraseProof } from '../vault/use-passphrase.tsx';
import css from './security.module.css';

interface KeychainDialogProps {
  opened: boolean;
  /** The keychain's name in a sentence. */
  name: string;
  onClose: () => void;
}

/** Lets the system keychain open the vault, for whoever knows the passphrase. */
export function KeychainDialog({ opened, name, onClose }: KeychainDialogProps): ReactNode {
  return (
    <Dialog opened={opened} onClose={onClose} title="Turn on the system keychain">
      <TurnOnForm name={name} onClose={onClose} />
    </Dialog>
  );
}

function TurnOnForm({ name, onClose }: Omit<KeychainDialogProps, 'opened'>): ReactNode {
  const proof = usePassphraseProof();
  const form = useSecretForm({
    secrets: { passphrase: proof },
    send: (typed) => valueOf(keyhold().slots.addKeychain(typed)),
    onDone: () => {
      onClose();
      toastDone('Keychain turned on', 'The vault opens with it at the next start.');
    },
  });
  return (
    <FormFrame form={form} action="Turn on" onCancel={onClose}>
      <div className={css['form']}>
        <p>
          The vault then opens through {name} while you are signed in to this computer. Enter your passphrase
          to show that it is you.
        </p>
        {proof.field}
      </div>
    </FormFrame>
  );
}
