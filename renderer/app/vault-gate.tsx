import { useCallback, useEffect, useState, type ReactNode } from 'react';
import type { Result } from '../../contracts/errors.ts';
import { FirstRun } from '../features/vault/first-run.tsx';
import { RecoverScreen } from '../features/vault/recover-screen.tsx';
import { UnlockScreen } from '../features/vault/unlock-screen.tsx';
import { UnreadableVaultScreen, VaultProblemScreen } from '../features/vault/vault-problem-screen.tsx';
import { asCallError, keyhold, valueOf, type Answer, type CallError } from '../lib/api.ts';
import { OpenedApp } from './opened-app.tsx';

type VaultStatus = Answer<'vault', 'status'>;

type Seen = { status: VaultStatus } | { error: CallError } | null;

function useVaultStatus(first: Promise<Result<VaultStatus>>): [Seen, () => void] {
  const [seen, setSeen] = useState<Seen>(null);

  const show = useCallback((call: Promise<Result<VaultStatus>>) => {
    valueOf(call).then(
      (status) => setSeen({ status }),
      (error: unknown) => setSeen({ error: asCallError(error) }),
    );
  }, []);
  const refresh = useCallback(() => show(keyhold().vault.status()), [show]);

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
      OpenedApp.fetch().catch(() => undefined);
    });
    return () => cancelIdleCallback(handle);
  }, [ready]);
}

interface VaultGateProps {
  /** The call that was sent before anything else of the window ran. */
  firstStatus: Promise<Result<VaultStatus>>;
  /** Whether the page came with the unlock screen in it, which then stays until main has answered. */
  prerendered: boolean;
}

/** Shows what the vault's state allows: first start, unlock, a problem with the file, or the app itself. */
export function VaultGate({ firstStatus, prerendered }: VaultGateProps): ReactNode {
  const [seen, refresh] = useVaultStatus(firstStatus);
  const [firstRun, setFirstRun] = useState(false);
  const [restoring, setRestoring] = useState(false);
  usePrefetch(seen !== null);

  if (seen === null) return prerendered ? <LockedScreens status={null} onOpened={refresh} /> : null;
  if ('error' in seen) return <UnreadableVaultScreen error={seen.error} onTryAgain={refresh} />;
  const { state } = seen.status;
  // Locked before the code was stored: the first start is over, and what comes next is unlocking.
  if (state === 'locked' && firstRun) setFirstRun(false);
  // Asked for at the first start, and for that only.
  if (state === 'locked' && restoring) setRestoring(false);
  // The vault is unlocked as soon as it is made; the first start goes on until its recovery code is stored.
  if (state === 'missing' || (state === 'unlocked' && firstRun)) {
    return (
      <FirstRun
        onBegin={() => setFirstRun(true)}
        onDone={(restore) => {
          setFirstRun(false);
          setRestoring(restore);
          refresh();
        }}
        onFailed={() => setFirstRun(false)}
      />
    );
  }
  switch (state) {
    case 'locked':
      return <LockedScreens status={seen.status} onOpened={refresh} />;
    case 'damaged':
      return (
        <VaultProblemScreen problem={seen.status.changed ? 'changed' : 'damaged'} onCheckAgain={refresh} />
      );
    case 'newer':
      return <VaultProblemScreen problem="newer" onCheckAgain={refresh} />;
    case 'unlocked':
      return (
        <OpenedApp start={restoring ? { pathname: '/settings', state: { restore: true } } : '/status'} />
      );
  }
}

interface LockedScreensProps {
  /** Null until main has answered. */
  status: VaultStatus | null;
  onOpened: () => void;
}

/** Unlocking by passphrase or keychain, or by recovery code. */
function LockedScreens({ status, onOpened }: LockedScreensProps): ReactNode {
  const [forgotten, setForgotten] = useState(false);
  if (forgotten) {
    return (
      <RecoverScreen
        retryAfterMs={status?.retryAfterMs ?? 0}
        onRecovered={onOpened}
        onBack={() => setForgotten(false)}
      />
    );
  }
  return <UnlockScreen status={status} onUnlocked={onOpened} onForgotten={() => setForgotten(true)} />;
}
