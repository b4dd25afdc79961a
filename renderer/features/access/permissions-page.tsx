import { Grid3x3 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Page } from '../../ui/page.tsx';
import { NeedsKey } from '../contexts/needs-key.tsx';

/** Who may do what on the repositories of an organization. */
export function PermissionsPage({ context }: { context: ContextSummary }): ReactNode {
  if (context.state !== 'active') return <NeedsKey title="Permissions" context={context} />;
  return (
    <Page title="Permissions" lead="Who may do what on the repositories, and why.">
      <EmptyState picture={<Grid3x3 />} title="Nothing to show yet">
        There is no repository of which you may change who uses it.
      </EmptyState>
    </Page>
  );
}
