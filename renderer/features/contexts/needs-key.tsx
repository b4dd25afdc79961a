import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { Page } from '../../ui/page.tsx';
import { RegisterFirst } from './register-first.tsx';
import { SignedOutState } from './signed-out-state.tsx';

/** A page that needs a key which the service knows, for a context that has none: leads to one. */
export function NeedsKey({ title, context }: { title: string; context: ContextSummary }): ReactNode {
  return (
    <Page title={title}>
      {context.state === 'signed_out' ? (
        <SignedOutState context={context} />
      ) : (
        <RegisterFirst context={context} />
      )}
    </Page>
  );
}
