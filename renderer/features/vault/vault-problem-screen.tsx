import type { ReactNode } from 'react';
import { useReady } from '../../lib/use-ready.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { GateLayout } from './gate-layout.tsx';
import css from './gate-layout.module.css';

const problems = {
  damaged: {
    title: 'The vault file is damaged',
    lead: 'Keyhold cannot read it. The file was left exactly as it is: nothing was changed or deleted.',
    steps: [
      'Close Keyhold and make a copy of its data folder before anything else.',
      'Put a copy of the vault file from before the damage in its place, for example from your backup of this computer.',
      'Check again. If there is no earlier copy, the keys in this vault are lost: revoke them on the dashboard of each service.',
    ],
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
  const { title, lead, steps } = problems[problem];
  useReady('problem');
  return (
    <GateLayout title={title} lead={lead} width="wide">
      <section className={css['card']} aria-label="What to do">
        <ol className={css['steps']}>
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        <div className={css['foot']}>
          <Button kind="primary" onClick={onCheckAgain}>
            Check again
          </Button>
        </div>
      </section>
    </GateLayout>
  );
}
