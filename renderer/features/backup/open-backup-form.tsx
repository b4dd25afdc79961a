import { useMutation } from '@tanstack/react-query';
import { Archive } from 'lucide-react';
import { useRef, useState, type ReactNode, type SyntheticEvent } from 'react';
import { asCallError, keyhold, valueOf, type CallError } from '../../lib/api.ts';
import { errorText } from '../../lib/error-text.ts';
import { Button } from '../../ui/button.tsx';
import dialogCss from '../../ui/dialog.module.css';
import { ErrorNotice } from '../../ui/notice.tsx';
import { PassphraseField } from '../vault/passphrase-field.tsx';
import { BackupProgress } from './backup-progress.tsx';
import css from './backup.module.css';
import type { ChosenBackup, Preview } from './restore-dialog.tsx';

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
      <form className={dialogCss['body']} onSubmit={submit} noValidate hidden={busy}>
        <ChooseFile
          file={file}
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
    </>
  );
}

interface ChooseFileProps {
  file: ChosenBackup | null;
  onFile: (file: ChosenBackup) => void;
}

/** Chooses a file in the system's dialog. The window learns its name and nothing else of it. */
function ChooseFile({ file, onFile }: ChooseFileProps): ReactNode {
  const choose = useMutation({
    mutationFn: () => valueOf(keyhold().backup.choose()),
    onSuccess: (chosen) => {
      if (chosen !== null) onFile(chosen);
    },
  });
  return (
    <>
      <div className={css['file']}>
        <Archive aria-hidden="true" />
        <span className={css['fileName']} role="status">
          {file === null ? <span className="kh-dim">No backup chosen</span> : file.fileName}
        </span>
        <Button
          size="small"
          busy={choose.isPending}
          data-autofocus
          onClick={() => {
            choose.mutate();
          }}
        >
          {file === null ? 'Choose file…' : 'Choose another…'}
        </Button>
      </div>
      {choose.isError && <ErrorNotice error={choose.error} />}
    </>
  );
}
