import { lazy, Suspense, useState, type ReactNode } from 'react';
import type { Answer } from '../../lib/api.ts';
import { CreateScreen } from './create-screen.tsx';

const loadStep = (): Promise<typeof import('./recovery-step.tsx')> => import('./recovery-step.tsx');
const RecoveryStep = lazy(async () => ({ default: (await loadStep()).RecoveryStep }));

interface FirstRunProps {
  onBegin: () => void;
  onDone: () => void;
  onFailed: () => void;
}

/** The first start: the vault, then its recovery code. */
export function FirstRun({ onBegin, onDone, onFailed }: FirstRunProps): ReactNode {
  const [made, setMade] = useState<Answer<'vault', 'create'> | null>(null);
  if (made === null) {
    return (
      <CreateScreen
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
      <RecoveryStep codeId={made.codeId} keychainFailed={made.keychain === 'failed'} onDone={onDone} />
    </Suspense>
  );
}
