import { Archive } from 'lucide-react';
import { useRef, useState, type ReactNode, type SyntheticEvent } from 'react';
import { asCallError, keyhold, valueOf, type CallError } from '../../lib/api.ts';
import { errorText } from '../../lib/error-text.ts';
import { Button } from '../../ui/button.tsx';
import dialogCss from '../../ui/dialog.module.css';
import { FileChoice } from '../../ui/file-choice.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { PassphraseField } from '../vault/passphrase-field.tsx';
import { BackupProgress } from './backup-progress.tsx';
import type { ChosenBackup, Preview } from './chosen-backup.ts';

interface OpenBackupFormProps {
  busy: boolean;
  onBusy: (busy: boolean) => void;
  onOpened: (file: ChosenBackup, preview: Preview) => void;
  onClose: () => void;
}

/** Chooses a backup and opens it with its passphrase. Nothing in the vault changes. */
export function OpenBackupForm({ busy, onBusy, onOpened, onClose }: OpenBackupFormProps): ReactNode {
  const passphrase = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<ChosenBackup | null>(null);
  const [error, setError] = useState<CallError | null>(null);

  const open = async (chosen: ChosenBackup, text: string): Promise<void> => {
    onBusy(true);
    try {
      const preview = await valueOf(keyhold().backup.open({ fileId: chosen.fileId, passphrase: text }));
      if (preview !== null) onOpened(chosen, preview);
    } catch (thrown) {
      setError(asCallError(thrown));
    } finally {
      onBusy(false);
    }
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const text = passphrase.current?.value ?? '';
    if (busy || file === null || text === '') return;
    setError(null);
    void open(file, text);
  };
  const wrong = error?.code === 'backup_wrong_passphrase' ? errorText(error.code) : null;
  return (
    <>
      {busy && <BackupProgress label="Opening the backup" />}
      <div hidden={busy}>
        <form className={dialogCss['body']} onSubmit={submit} noValidate>
          <FileChoice
            icon={Archive}
            file={file}
            choose={() => valueOf(keyhold().backup.choose())}
            onFile={(chosen) => {
              setFile(chosen);
              setError(null);
              passphrase.current?.focus();
            }}
          />
          <PassphraseField
            ref={passphrase}
            label="Backup passphrase"
            autoComplete="current-password"
            hint="The one that was chosen when the backup was saved."
            error={wrong === null ? null : `${wrong.title}. ${wrong.advice}`}
          />
          {error !== null && wrong === null && <ErrorNotice error={error} />}
          <div className={dialogCss['foot']}>
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" kind="primary" disabled={file === null}>
              Open backup
            </Button>
          </div>
        </form>
      </div>
    </>
  );
}
