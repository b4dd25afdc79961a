import { useState, type ReactNode } from 'react';
import type { Answer } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { lazy } from '../../ui/lazy.tsx';
import { CreateScreen } from './create-screen.tsx';
import { GateLayout } from './gate-layout.tsx';
import css from './gate-layout.module.css';
import { useCopies } from './use-copies.ts';

// Rarely needed, so not part of what every start loads.
const CopyChoice = lazy(async () => (await import('./copy-choice.tsx')).CopyChoice);
const RecoveryStep = lazy(async () => (await import('./recovery-step.tsx')).RecoveryStep);

interface FirstRunProps {
  onBegin: () => void;
  /** `restoring`: a backup is to be restored into the new vault. */
  onDone: (restoring: boolean) => void;
  onFailed: () => void;
}

/** The first start: the vault, then its recovery code. Where an earlier vault left copies, they are offered too. */
export function FirstRun({ onBegin, onDone, onFailed }: FirstRunProps): ReactNode {
  const [made, setMade] = useState<Answer<'vault', 'create'> | null>(null);
  const [restoring, setRestoring] = useState(false);
  const [choosing, setChoosing] = useState(false);
  const { copies } = useCopies();
  if (made === null && choosing && copies !== null) {
    return <CopyScreen copies={copies} onBack={() => setChoosing(false)} />;
  }
  if (made === null) {
    return (
      <CreateScreen
        restoring={restoring}
        onRestoring={setRestoring}
        below={
          copies !== null &&
          copies.length > 0 && (
            <Button kind="quiet" onClick={() => setChoosing(true)}>
              Use a copy of the earlier vault
            </Button>
          )
        }
        onBegin={() => {
          onBegin();
          // A failure shows when the code is really needed.
          RecoveryStep.fetch().catch(() => undefined);
        }}
        onCreated={setMade}
        onFailed={onFailed}
      />
    );
  }
  return (
    <RecoveryStep
      codeId={made.codeId}
      keychainFailed={made.keychain === 'failed'}
      onDone={() => onDone(restoring)}
    />
  );
}

/** Copies of a vault whose file is gone. */
function CopyScreen({
  copies,
  onBack,
}: {
  copies: Answer<'rescue', 'copies'>;
  onBack: () => void;
}): ReactNode {
  return (
    <GateLayout
      title="Use a copy of the vault"
      lead="There is no vault file on this computer, but copies of one that was here."
      width="wide"
    >
      <div className={css['card']}>
        <CopyChoice copies={copies} action="Use this copy" />
      </div>
      <p className={css['below']}>
        <Button kind="quiet" onClick={onBack}>
          Back
        </Button>
      </p>
    </GateLayout>
  );
}
