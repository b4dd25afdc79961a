import { firstStatus } from './lib/first-status.ts';
import '@fontsource-variable/inter/wght.css';
import './ui/tokens.css';
import './ui/base.css';
import { createRoot } from 'react-dom/client';
import { ErrorBoundary } from './app/error-boundary.tsx';
import { VaultGate } from './app/vault-gate.tsx';

const container = document.getElementById('root');
if (container === null) throw new Error('index.html has no #root');

createRoot(container).render(
  <ErrorBoundary
    actionLabel="Load the window again"
    onAction={() => {
      window.location.reload();
    }}
  >
    <VaultGate firstStatus={firstStatus} />
  </ErrorBoundary>,
);
