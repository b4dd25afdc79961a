import type { ComponentProps, ReactNode } from 'react';
import { ErrorBoundary } from './error-boundary.tsx';
import { VaultGate } from './vault-gate.tsx';

/** All that the window shows. */
export function Gate(props: ComponentProps<typeof VaultGate>): ReactNode {
  return (
    <ErrorBoundary around="window">
      <VaultGate {...props} />
    </ErrorBoundary>
  );
}
