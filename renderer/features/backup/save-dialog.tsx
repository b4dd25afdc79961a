import { useState, type ReactNode } from 'react';
import { keyhold, valueOf } from '../../lib/api.ts';
import { counted } from '../../lib/format.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFrame } from '../../ui/form.tsx';
import { useSecretForm } from '../../ui/secret-form.ts';
import { toastDone } from '../../ui/toast.ts';
import { useNewPassphrase } from '../vault/use-new-passphrase.tsx';
import { BackupProgress } from './backup-progress.tsx';

interface SaveDialogProps {
  opened: boolean;
  onClose: () => void;
}

/** Saves a backup under a new passphrase, where the system's dialog says. */
export function SaveDialog({ opened, onClose }: SaveDialogProps): ReactNode {
  const [busy, setBusy] = useState(false);
  return (
    <Dialog
      opened={opened}
      // While it works, its own button ends it.
      held={busy}
      onClose={onClose}
      title="Save backup"
    >
      <SaveForm onBusy={setBusy} onClose={onClose} />
    </Dialog>
  );
}

interface SaveFormProps {
  onBusy: (busy: boolean) => void;
  onClose: () => void;
}

function SaveForm({ onBusy, onClose }: SaveFormProps): ReactNode {
  const passphrase = useNewPassphrase({ label: 'Backup passphrase', autoFocus: true });
  const form = useSecretForm({
    secrets: { passphrase },
    send: (typed) => valueOf(keyhold().backup.save(typed)),
    onDone: ({ contexts, credentials, fileName }) => {
      onClose();
      toastDone(
        'Backup saved',
        `${counted(contexts, 'context')} and ${counted(credentials, 'credential')} in ${fileName}.`,
      );
    },
    onBusy,
  });
  return (
    <>
      {form.busy && <BackupProgress label="Saving the backup" />}
      {/* Kept while it works: what was typed is still there when it was cancelled. */}
      <div hidden={form.busy}>
        <FormFrame form={form} action="Choose where…" onCancel={onClose}>
          <p className="kh-dim">
            Every context and every key, encrypted. Settings and the set-up of Podman and Docker stay with
            this computer.
          </p>
          {passphrase.fields}
          <p className="kh-dim">
            Nobody can open the backup without this passphrase. It does not change when the vault’s does.
          </p>
        </FormFrame>
      </div>
    </>
  );
}
