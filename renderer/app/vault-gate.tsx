import { lazy, Suspense, useCallback, useEffect, useState, type ReactNode } from 'react';
import type { Result } from '../../contracts/errors.ts';
import type { VaultState } from '../../contracts/ipc/vault.ts';
import { CreateScreen } from '../features/vault/create-screen.tsx';
import { UnlockScreen } from '../features/vault/unlock-screen.tsx';
import { UnreadableVaultScreen, VaultProblemScreen } from '../features/vault/vault-problem-screen.tsx';
import { asCallError, keyhold, valueOf, type CallError } from '../lib/api.ts';
import { FrameSkeleton } from './frame-skeleton.tsx';

interface VaultStatus {
  state: VaultState;
  retryAfterMs: number;
}

type Seen = { status: VaultStatus } | { error: CallError } | null;

const loadUnlockedApp = (): Promise<typeof import('./unlocked-app.tsx')> => import('./unlocked-app.tsx');
const UnlockedApp = lazy(async () => ({ default: (await loadUnlockedApp()).UnlockedApp }));

function useVaultStatus(first: Promise<Result<VaultStatus>>): [Seen, () => void] {
  const [seen, setSeen] = useState<Seen>(null);

  const show = useCallback((call: Promise<Result<VaultStatus>>) => {
    valueOf(call).then(
      (status) => {
        setSeen({ status });
      },
      (error: unknown) => {
        setSeen({ error: asCallError(error) });
      },
    );
  }, []);
  const refresh = useCallback(() => {
    show(keyhold().vault.status());
  }, [show]);

  useEffect(() => {
    show(first);
    return keyhold().on.vaultChanged(refresh);
  }, [first, show, refresh]);
  return [seen, refresh];
}

/** Fetches the code behind the gate once the gate itself is up and nothing else is to do. */
function usePrefetch(ready: boolean): void {
  useEffect(() => {
    if (!ready) return undefined;
    const handle = requestIdleCallback(() => {
      // A failure shows when the code is really needed.
      loadUnlockedApp().catch(() => undefined);
    });
    return () => {
      cancelIdleCallback(handle);
    };
  }, [ready]);
}

/**
 * Shows what the vault's state allows: first start, unlock, a problem with the file, or the app itself.
 * `firstStatus` is the call that was sent before anything else of the window ran.
 */
export function VaultGate({ firstStatus }: { firstStatus: Promise<Result<VaultStatus>> }): ReactNode {
  const [seen, refresh] = useVaultStatus(firstStatus);
  usePrefetch(seen !== null);

  if (seen === null) return null;
  if ('error' in seen) return <UnreadableVaultScreen error={seen.error} onTryAgain={refresh} />;
  switch (seen.status.state) {
    case 'missing':
      return <CreateScreen onCreated={refresh} />;
    case 'locked':
      return <UnlockScreen retryAfterMs={seen.status.retryAfterMs} onUnlocked={refresh} />;
    case 'damaged':
    case 'newer':
      return <VaultProblemScreen problem={seen.status.state} onCheckAgain={refresh} />;
    case 'unlocked':
      return (
        <Suspense fallback={<FrameSkeleton />}>
          <UnlockedApp />
        </Suspense>
      );
  }
}
