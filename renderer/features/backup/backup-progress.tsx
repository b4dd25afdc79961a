import { useEffect, useState, type ReactNode } from 'react';
import type { BackupProgress as Progress } from '../../../contracts/ipc/backup.ts';
import { keyhold } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';

const words: Readonly<Record<Progress['step'], string>> = {
  deriving: 'Making a key from the passphrase…',
  credentials: 'Checking the credentials…',
  writing: 'Writing the file…',
};

/** How far saving or opening a backup is, and the way to end it. */
export function BackupProgress({ label }: { label: string }): ReactNode {
  const [progress, setProgress] = useState<Progress>({ step: 'deriving', done: 0, total: 0 });
  useEffect(() => keyhold().on.backupProgress(setProgress), []);
  const { step, done, total } = progress;
  return (
    <div className="kh-stack" data-gap="3">
      <p role="status">{words[step]}</p>
      <ProgressBar label={label} done={done} total={total} />
      <div className="kh-end">
        <Button onClick={() => void keyhold().backup.cancel()}>Cancel</Button>
      </div>
    </div>
  );
}
