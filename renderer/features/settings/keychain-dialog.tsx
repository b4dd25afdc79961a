import { useMutation } from '@tanstack/react-query';
import type { ReactNode, SyntheticEvent } from 'react';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { toastDone } from '../../ui/toast.ts';
import css from './security.module.css';
import { isProofError, usePassphraseProof } from './use-passphrase-proof.tsx';

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
  const turnOn = useMutation({
    mutationFn: (passphrase: string) => valueOf(keyhold().slots.addKeychain({ passphrase })),
    onSuccess: () => {
      onClose();
      toastDone('Keychain turned on', 'The vault opens with it at the next start.');
    },
  });
  const proof = usePassphraseProof('Passphrase', turnOn.error);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (turnOn.isPending) return;
    const passphrase = proof.read();
    if (passphrase !== null) turnOn.mutate(passphrase);
  };
  return (
    <form className={css['form']} onSubmit={submit} noValidate>
      <p>
        The vault then opens through {name} while you are signed in to this computer. Enter your passphrase to
        show that it is you.
      </p>
      {proof.field}
      {turnOn.isError && !isProofError(turnOn.error) && <ErrorNotice error={turnOn.error} />}
      <div className={css['foot']}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" busy={turnOn.isPending}>
          Turn on
        </Button>
      </div>
    </form>
  );
}
