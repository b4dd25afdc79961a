import { useEffect, useState, type ReactNode } from 'react';
import { keyhold, valueOf, type Answer } from '../../lib/api.ts';
import { useReady } from '../../lib/use-ready.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { useSecretForm } from '../../ui/secret-form.ts';
import { GateLayout } from './gate-layout.tsx';
import css from './gate-layout.module.css';
import { useNewPassphrase } from './use-new-passphrase.tsx';

/** Whether this computer has a keychain that really protects; false until that is known. */
function useKeychain(): boolean {
  const [there, setThere] = useState(false);
  useEffect(() => {
    valueOf(keyhold().vault.keychain()).then(
      ({ backend }) => setThere(backend !== null),
      // Without an answer it is not offered.
      () => undefined,
    );
  }, []);
  return there;
}

interface CreateScreenProps {
  /** Whether a backup is restored into the vault once it is made. */
  restoring: boolean;
  onRestoring: (restoring: boolean) => void;
  /** Other ways to a vault, below the form. */
  below?: ReactNode;
  /** Called before the vault is made: what follows is still part of the first start. */
  onBegin: () => void;
  onCreated: (made: Answer<'vault', 'create'>) => void;
  onFailed: () => void;
}

/** First start: makes the vault. */
export function CreateScreen(props: CreateScreenProps): ReactNode {
  const { restoring, onRestoring, below, onBegin, onCreated, onFailed } = props;
  const passphrase = useNewPassphrase({ label: 'Passphrase', autoFocus: true });
  const hasKeychain = useKeychain();
  const [useIt, setUseIt] = useState(true);
  const { busy, error, submit } = useSecretForm({
    secrets: { passphrase },
    send: ({ passphrase }) => {
      onBegin();
      return valueOf(keyhold().vault.create({ passphrase, keychain: hasKeychain && useIt }));
    },
    onDone: onCreated,
    onFailed,
  });
  useReady('create');

  return (
    <GateLayout
      title="Create your vault"
      lead={
        restoring
          ? 'First a vault with a passphrase of its own. Then you choose the backup and see what is in it.'
          : 'Keyhold keeps your private keys in an encrypted file on this computer. A passphrase opens it.'
      }
    >
      <form className={css['card']} onSubmit={submit} noValidate>
        {error !== null && <ErrorNotice error={error} />}
        {passphrase.fields}
        {hasKeychain && (
          <Checkbox
            label="Unlock with the system keychain"
            hint="Keyhold then opens without the passphrase once you are signed in to this computer."
            checked={useIt}
            onChange={setUseIt}
          />
        )}
        <p className={css['note']}>
          <strong>Nobody can reset it.</strong> Next you get a recovery code for the day you forget the
          passphrase.
        </p>
        <Button type="submit" kind="primary" size="large" wide busy={busy}>
          {busy ? 'Creating vault…' : 'Create vault'}
        </Button>
      </form>
      <p className={css['below']}>
        <Button kind="quiet" disabled={busy} onClick={() => onRestoring(!restoring)}>
          {restoring ? 'Create an empty vault instead' : 'Restore from a backup'}
        </Button>
        {below}
      </p>
    </GateLayout>
  );
}
