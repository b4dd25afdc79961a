import { useQuery } from '@tanstack/react-query';
import { Building2, MailOpen } from 'lucide-react';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { Acting } from '../../../contracts/domain/acting.ts';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { NeedsKey } from '../contexts/needs-key.tsx';
import { NewOrgButton } from './new-org-dialog.tsx';
import { actingQuery } from './queries.ts';

/** Who looks at an organization, and which one it is. */
export interface InOrgPlace {
  context: ContextSummary;
  acting: Acting;
  org: NonNullable<Acting['org']>;
}

interface InOrgProps {
  title: string;
  context: ContextSummary;
  /** The page, once it is known who looks at what. */
  children: (place: InOrgPlace) => ReactNode;
}

/** A page of the organization that the context acts in; what to do where there is none. */
export function InOrg({ title, context, children }: InOrgProps): ReactNode {
  const active = context.state === 'active';
  const acting = useQuery({ ...actingQuery(context), enabled: active });
  if (!active) return <NeedsKey title={title} context={context} />;
  if (acting.data?.org) return children({ context, acting: acting.data, org: acting.data.org });
  return (
    <Page title={title}>
      {acting.isError && <ErrorNotice error={acting.error} retry={() => void acting.refetch()} />}
      {acting.isPending && <LinesSkeleton lines={4} />}
      {acting.data?.org === null && <NoOrg context={context} />}
    </Page>
  );
}

function NoOrg({ context }: { context: ContextSummary }): ReactNode {
  const navigate = useNavigate();
  return (
    <EmptyState
      picture={<Building2 />}
      title="You belong to no organization"
      action={
        <>
          <NewOrgButton context={context} />
          <Button icon={<MailOpen />} onClick={() => void navigate('/join')}>
            Open an invitation…
          </Button>
        </>
      }
    >
      Make one on {context.serviceName}, or open the link of an invitation to join another.
    </EmptyState>
  );
}
