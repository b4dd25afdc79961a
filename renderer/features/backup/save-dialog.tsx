import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { asCallError, keyhold, valueOf, type CallError } from '../../lib/api.ts';
import { counted } from '../../lib/format.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Button } from '../../ui/button.tsx';
import dialogCss from '../../ui/dialog.module.css';
import { ErrorNotice } from '../../ui/notice.tsx';
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
      <SaveForm busy={busy} onBusy={setBusy} onClose={onClose} />
    </Dialog>
  );
}

interface SaveFormProps {
  busy: boolean;
  onBusy: (busy: boolean) => void;
  onClose: () => void;
}

function SaveForm({ busy, onBusy, onClose }: SaveFormProps): ReactNode {
  const [error, setError] = useState<CallError | null>(null);
  const passphrase = useNewPassphrase({ label: 'Backup passphrase', autoFocus: true });

  const save = async (text: string): Promise<void> => {
    onBusy(true);
    try {
      const saved = await valueOf(keyhold().backup.save({ passphrase: text }));
      if (saved === null) return;
      passphrase.clear();
      onClose();
      const { contexts, keys, fileName } = saved;
      toastDone(
        'Backup saved',
        `${counted(contexts, 'context')} and ${counted(keys, 'key')} in ${fileName}.`,
      );
    } catch (thrown) {
      const failure = asCallError(thrown);
      if (!passphrase.refuse(failure)) setError(failure);
    } finally {
      onBusy(false);
    }
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (busy) return;
    setError(null);
    const text = passphrase.read();
    if (text !== null) void save(text);
  };
  return (
    <>
      {busy && <BackupProgress label="Saving the backup" />}
      {/* Kept while it works: what was typed is still there when it was cancelled. */}
      <div hidden={busy}>
        <form className={dialogCss['body']} onSubmit={submit} noValidate>
          <p className="kh-dim">
            Every context and every key, encrypted. Settings and the set-up of Podman and Docker stay with
            this computer.
          </p>
          {passphrase.fields}
          <p className="kh-dim">
            Nobody can open the backup without this passphrase. It does not change when the vault’s does.
          </p>
          {error !== null && <ErrorNotice error={error} />}
          <div className={dialogCss['foot']}>
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" kind="primary">
              Choose where…
            </Button>
          </div>
        </form>
      </div>
    </>
  );
}
