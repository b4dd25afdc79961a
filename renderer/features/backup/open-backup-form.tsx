import { Archive } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { keyhold, valueOf } from '../../lib/api.ts';
import { FileChoice } from '../../ui/file-choice.tsx';
import { FormFrame } from '../../ui/form.tsx';
import { useSecretForm } from '../../ui/secret-form.ts';
import { usePassphrase } from '../vault/use-passphrase.tsx';
import { BackupProgress } from './backup-progress.tsx';
import type { ChosenBackup, Preview } from './chosen-backup.ts';

interface OpenBackupFormProps {
  onBusy: (busy: boolean) => void;
  onOpened: (file: ChosenBackup, preview: Preview) => void;
  onClose: () => void;
}

/** Chooses a backup and opens it with its passphrase. Nothing in the vault changes. */
export function OpenBackupForm({ onBusy, onOpened, onClose }: OpenBackupFormProps): ReactNode {
  const [file, setFile] = useState<ChosenBackup | null>(null);
  const passphrase = usePassphrase({
    label: 'Backup passphrase',
    hint: 'The one that was chosen when the backup was saved.',
    refusals: ['backup_wrong_passphrase'],
  });
  const form = useSecretForm({
    secrets: { passphrase },
    send: async ({ passphrase }) => {
      if (file === null) return null;
      const preview = await valueOf(keyhold().backup.open({ fileId: file.fileId, passphrase }));
      return preview && { file, preview };
    },
    onDone: (opened) => {
      onOpened(opened.file, opened.preview);
    },
    onBusy,
  });
  return (
    <>
      {form.busy && <BackupProgress label="Opening the backup" />}
      <div hidden={form.busy}>
        <FormFrame form={form} action="Open backup" disabled={file === null} onCancel={onClose}>
          <FileChoice
            icon={Archive}
            file={file}
            choose={() => valueOf(keyhold().backup.choose())}
            onFile={(chosen) => {
              setFile(chosen);
              form.reset();
              passphrase.focus();
            }}
          />
          {passphrase.field}
        </FormFrame>
      </div>
    </>
  );
}
