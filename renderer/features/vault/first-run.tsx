import { lazy, Suspense, useState, type ReactNode } from 'react';
import type { Answer } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { CreateScreen } from './create-screen.tsx';
import { GateLayout } from './gate-layout.tsx';
import css from './gate-layout.module.css';
import { useCopies } from './use-copies.ts';

const loadStep = (): Promise<typeof import('./recovery-step.tsx')> => import('./recovery-step.tsx');
// Rarely needed, so not part of what every start loads.
const CopyChoice = lazy(async () => ({ default: (await import('./copy-choice.tsx')).CopyChoice }));
const RecoveryStep = lazy(async () => ({ default: (await loadStep()).RecoveryStep }));

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
    return (
      <CopyScreen
        copies={copies}
        onBack={() => {
          setChoosing(false);
        }}
      />
    );
  }
  if (made === null) {
    return (
      <CreateScreen
        restoring={restoring}
        onRestoring={setRestoring}
        below={
          copies !== null &&
          copies.length > 0 && (
            <Button
              kind="quiet"
              onClick={() => {
                setChoosing(true);
              }}
            >
              Use a copy of the earlier vault
            </Button>
          )
        }
        onBegin={() => {
          onBegin();
          // A failure shows when the code is really needed.
          loadStep().catch(() => undefined);
        }}
        onCreated={setMade}
        onFailed={onFailed}
      />
    );
  }
  return (
    <Suspense fallback={null}>
      <RecoveryStep
        codeId={made.codeId}
        keychainFailed={made.keychain === 'failed'}
        onDone={() => {
          onDone(restoring);
        }}
      />
    </Suspense>
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
        <Suspense fallback={null}>
          <CopyChoice copies={copies} action="Use this copy" />
        </Suspense>
      </div>
      <p className={css['below']}>
        <Button kind="quiet" onClick={onBack}>
          Back
        </Button>
      </p>
    </GateLayout>
  );
}
