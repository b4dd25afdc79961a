import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFrame } from '../../ui/form.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { useSecretForm } from '../../ui/secret-form.ts';
import { RecoveryCode } from '../vault/recovery-code.tsx';
import { usePassphraseProof } from '../vault/use-passphrase.tsx';
import css from './security.module.css';

interface RecoveryCodeDialogProps {
  opened: boolean;
  /** There is a code, which stops to work. */
  replaces: boolean;
  onClose: () => void;
}

/** Makes a recovery code and shows it, once. */
export function RecoveryCodeDialog({ opened, replaces, onClose }: RecoveryCodeDialogProps): ReactNode {
  const [codeId, setCodeId] = useState<string | null>(null);
  const done = (): void => {
    setCodeId(null);
    onClose();
  };
  if (codeId !== null) return <StoreCodeDialog codeId={codeId} onDone={done} />;
  return (
    <Dialog
      opened={opened}
      onClose={onClose}
      title={replaces ? 'Make a new recovery code' : 'Make a recovery code'}
    >
      <MakeForm replaces={replaces} onMade={setCodeId} onClose={onClose} />
    </Dialog>
  );
}

interface MakeFormProps {
  replaces: boolean;
  onMade: (codeId: string) => void;
  onClose: () => void;
}

function MakeForm({ replaces, onMade, onClose }: MakeFormProps): ReactNode {
  const proof = usePassphraseProof();
  const form = useSecretForm({
    secrets: { passphrase: proof },
    send: (typed) => valueOf(keyhold().slots.makeRecoveryCode(typed)),
    onDone: ({ codeId }) => {
      onMade(codeId);
    },
  });
  return (
    <FormFrame form={form} action="Make code" onCancel={onClose}>
      <div className={css['form']}>
        <p>
          The code opens the vault and sets a new passphrase when you have forgotten yours.
          {replaces && ' The code that you have stops working as soon as the new one is made.'}
        </p>
        {proof.field}
      </div>
    </FormFrame>
  );
}

/** The new code. Only its button closes it, which says that the code is stored. */
export function StoreCodeDialog({ codeId, onDone }: { codeId: string; onDone: () => void }): ReactNode {
  const keep = useMutation({
    mutationFn: () => valueOf(keyhold().slots.forgetCode({ codeId })),
    onSuccess: onDone,
  });
  return (
    <Dialog opened held onClose={() => undefined} title="Store your recovery code" size={620}>
      <div className={css['form']}>
        <p>Keyhold shows the code now and never again.</p>
        <RecoveryCode codeId={codeId} />
        {keep.isError && <ErrorNotice error={keep.error} />}
        <div className={css['foot']}>
          <Button kind="primary" call={keep}>
            I have stored the code
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
