import { Plus } from 'lucide-react';
import type { ComponentType, ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { BrandMark } from '../../ui/brand-mark.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Page } from '../../ui/page.tsx';
import { useCurrentContext } from './queries.ts';

interface WithContextProps {
  title: string;
  page: ComponentType<{ context: ContextSummary }>;
}

/** Shows a page for the current context, or what to do when there is none yet. */
export function WithContext({ title, page: PageOfContext }: WithContextProps): ReactNode {
  const context = useCurrentContext();
  const navigate = useNavigate();
  // In another organization everything is another's, too.
  if (context) return <PageOfContext key={`${context.id} ${context.org ?? ''}`} context={context} />;
  return (
    <Page title={title}>
      <EmptyState
        picture={<BrandMark size={28} />}
        title="Add your first context"
        action={
          <Button kind="primary" icon={<Plus />} onClick={() => void navigate('/contexts/new')}>
            Add context
          </Button>
        }
      >
        A context is one account on one service, with a key of its own. Add one to register a key, copy tokens
        and let Podman sign in through Keyhold.
      </EmptyState>
    </Page>
  );
}
