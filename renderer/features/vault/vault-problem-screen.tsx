import type { ReactNode } from 'react';
import { keyhold } from '../../lib/api.ts';
import { useReady } from '../../lib/use-ready.ts';
import { Button } from '../../ui/button.tsx';
import { lazy } from '../../ui/lazy.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { GateLayout } from './gate-layout.tsx';
import css from './gate-layout.module.css';

// Rarely needed, so not part of what every start loads.
const RescuePanel = lazy(async () => (await import('./rescue-panel.tsx')).RescuePanel);

const problems = {
  damaged: {
    title: 'The vault file is damaged',
    lead: 'Keyhold cannot read it. The file was left exactly as it is: nothing was changed or deleted.',
  },
  changed: {
    title: 'Something has changed the vault file',
    lead: 'The file is not as Keyhold left it: another program, or somebody with access to it, changed what is in it. Keyhold does not use it, and leaves it exactly as it is.',
  },
  newer: {
    title: 'This vault needs a newer Keyhold',
    lead: 'A newer version wrote it. The file was left exactly as it is: nothing was changed or deleted.',
    steps: [
      'Close this version of Keyhold.',
      'Install the latest version, or start the one that you used last.',
      'Unlock the vault there with your passphrase.',
    ],
  },
} as const;

interface VaultProblemScreenProps {
  problem: keyof typeof problems;
  onCheckAgain: () => void;
}

interface UnreadableVaultScreenProps {
  error: unknown;
  onTryAgain: () => void;
}

/** The state of the vault could not even be asked for. */
export function UnreadableVaultScreen({ error, onTryAgain }: UnreadableVaultScreenProps): ReactNode {
  useReady('problem');
  return (
    <GateLayout title="The vault cannot be read" width="wide">
      <ErrorNotice error={error} retry={onTryAgain} />
    </GateLayout>
  );
}

/** A vault that is there but cannot be opened: says that it is untouched, and what to do. */
export function VaultProblemScreen({ problem, onCheckAgain }: VaultProblemScreenProps): ReactNode {
  const { title, lead } = problems[problem];
  useReady('problem');
  const checkAgain = (): void => {
    // Main keeps what it knows of the file until it is told to look again.
    void keyhold().rescue.checkAgain().then(onCheckAgain);
  };
  return (
    <GateLayout title={title} lead={lead} width="wide">
      <section className={css['card']} aria-label="What to do">
        {problem !== 'newer' ? (
          <RescuePanel />
        ) : (
          <ol className={css['steps']}>
            {problems.newer.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        )}
      </section>
      <p className={css['below']}>
        <Button kind={problem === 'newer' ? 'primary' : 'quiet'} onClick={checkAgain}>
          Check again
        </Button>
      </p>
    </GateLayout>
  );
}
