import { useState, type ReactNode } from 'react';
import { keyhold, type Answer } from '../../lib/api.ts';
import { counted } from '../../lib/format.ts';
import { Dialog, DialogBody } from '../../ui/dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import type { ChosenBackup, Preview } from './chosen-backup.ts';
import { OpenBackupForm } from './open-backup-form.tsx';
import { RestoreForm } from './restore-form.tsx';

type Result = Answer<'backup', 'restore'>;

interface RestoreDialogProps {
  opened: boolean;
  onClose: () => void;
}

const titles = { open: 'Restore from a backup', preview: 'Restore from a backup', done: 'Restored' } as const;

/** The way from a backup file to its contexts in the vault: open, compare, take over. */
export function RestoreDialog({ opened, onClose }: RestoreDialogProps): ReactNode {
  const [stage, setStage] = useState<keyof typeof titles>('open');
  const [busy, setBusy] = useState(false);
  const close = (): void => {
    // What was read from the file goes with the dialog.
    void keyhold().backup.close();
    onClose();
  };
  return (
    <Dialog
      opened={opened}
      held={busy}
      onClose={close}
      onClosed={() => setStage('open')}
      title={titles[stage]}
      size={stage === 'preview' ? 680 : 520}
    >
      <RestoreSteps onBusy={setBusy} onStage={setStage} onClose={close} />
    </Dialog>
  );
}

interface RestoreStepsProps {
  onBusy: (busy: boolean) => void;
  onStage: (stage: keyof typeof titles) => void;
  onClose: () => void;
}

function RestoreSteps({ onBusy, onStage, onClose }: RestoreStepsProps): ReactNode {
  const [opened, setOpened] = useState<{ file: ChosenBackup; preview: Preview } | null>(null);
  const [result, setResult] = useState<Result | null>(null);
  if (result !== null) return <Restored result={result} onClose={onClose} />;
  if (opened === null) {
    return (
      <OpenBackupForm
        onBusy={onBusy}
        onOpened={(file, preview) => {
          setOpened({ file, preview });
          onStage('preview');
        }}
        onClose={onClose}
      />
    );
  }
  return (
    <RestoreForm
      {...opened}
      onBusy={onBusy}
      onRestored={(done) => {
        setResult(done);
        onStage('done');
      }}
      onClose={onClose}
    />
  );
}

function Restored({ result, onClose }: { result: Result; onClose: () => void }): ReactNode {
  const { contexts, credentials, registries } = result;
  return (
    <DialogBody
      buttons={
        <Button kind="primary" onClick={onClose} data-autofocus>
          Done
        </Button>
      }
    >
      <Notice
        tone="good"
        title={`${counted(contexts, 'context')} and ${counted(credentials, 'credential')} taken over`}
      >
        A copy of the vault from before is kept on this computer.
      </Notice>
      {registries > 0 && (
        <p>
          {registries === 1
            ? 'One of the contexts has a registry.'
            : `${String(registries)} contexts have a registry.`}{' '}
          Set Podman or Docker up for {registries === 1 ? 'it' : 'them'} on the Registries page, if you use it
          on this computer.
        </p>
      )}
    </DialogBody>
  );
}
