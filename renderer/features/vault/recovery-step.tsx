import '@fontsource-variable/jetbrains-mono/wght.css';
import { QueryClientProvider, useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { keyhold, valueOf } from '../../lib/api.ts';
import { createQueryClient } from '../../ui/query-client.ts';
import { useReady } from '../../lib/use-ready.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { GateLayout } from './gate-layout.tsx';
import css from './gate-layout.module.css';
import { RecoveryCode } from './recovery-code.tsx';

interface RecoveryStepProps {
  codeId: string;
  /** The keychain was asked for and did not take the key. */
  keychainFailed: boolean;
  onDone: () => void;
}

/** The second step of the first start: the recovery code, shown now and never again. */
export function RecoveryStep(props: RecoveryStepProps): ReactNode {
  const [client] = useState(createQueryClient);
  useReady('recovery');
  return (
    <QueryClientProvider client={client}>
      <Step {...props} />
    </QueryClientProvider>
  );
}

function Step({ codeId, keychainFailed, onDone }: RecoveryStepProps): ReactNode {
  const [leaving, setLeaving] = useState(false);
  const keep = useMutation({
    mutationFn: () => valueOf(keyhold().slots.forgetCode({ codeId })),
    onSuccess: onDone,
  });
  if (leaving) {
    return <WithoutCode onBack={() => setLeaving(false)} onDone={onDone} />;
  }
  return (
    <GateLayout
      title="Store your recovery code"
      lead="It opens the vault and sets a new passphrase when you have forgotten yours. Keyhold shows it now and never again."
      width="wide"
    >
      <section className={css['card']} aria-label="Recovery code">
        {keychainFailed && (
          <Notice tone="warning" title="The system keychain did not take the key">
            The vault is made and opens with your passphrase. You can turn the keychain on later, under
            Settings, Security.
          </Notice>
        )}
        <RecoveryCode codeId={codeId} />
        {keep.isError && <ErrorNotice error={keep.error} />}
        <Button kind="primary" size="large" wide call={keep}>
          I have stored the code
        </Button>
        <Button kind="quiet" wide onClick={() => setLeaving(true)}>
          Continue without a recovery code
        </Button>
      </section>
    </GateLayout>
  );
}

function WithoutCode({ onBack, onDone }: { onBack: () => void; onDone: () => void }): ReactNode {
  const remove = useMutation({
    mutationFn: () => valueOf(keyhold().slots.remove({ kind: 'recovery' })),
    onSuccess: onDone,
  });
  return (
    <GateLayout title="Continue without a recovery code?" width="wide">
      <section className={css['card']} aria-label="Without a recovery code">
        <p>
          Then only the passphrase opens the vault. If you forget it, nobody can: you make a new vault and
          register new keys. The code that was just made is removed; one that you printed or saved no longer
          works.
        </p>
        <p className={css['note']}>You can make a code at any time, under Settings, Security.</p>
        {remove.isError && <ErrorNotice error={remove.error} />}
        <div className="kh-end">
          <Button onClick={onBack}>Back to the code</Button>
          <Button kind="danger" call={remove}>
            Continue without a code
          </Button>
        </div>
      </section>
    </GateLayout>
  );
}
