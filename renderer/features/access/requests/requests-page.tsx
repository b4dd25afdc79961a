import { useQuery } from '@tanstack/react-query';
import { HandHelping } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../../contracts/domain/context.ts';
import { Button } from '../../../ui/button.tsx';
import { LinesSkeleton } from '../../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../../ui/notice.tsx';
import { Page, Section } from '../../../ui/page.tsx';
import { NeedsKey } from '../../contexts/needs-key.tsx';
import { AskDialog } from './ask-dialog.tsx';
import { OwnRequests } from './own-requests.tsx';
import { countsQuery } from '../model/request-queries.ts';
import { WaitingRequests } from './waiting-requests.tsx';

const title = 'Requests';

/** Access that somebody asks for: what waits for the user, and what the user has asked for. */
export function RequestsPage({ context }: { context: ContextSummary }): ReactNode {
  const [isAsking, setAsking] = useState(false);
  if (context.state !== 'active') return <NeedsKey title={title} context={context} />;
  return (
    <Page
      title={title}
      lead="Access that people ask for, decided by whoever administers the repository."
      actions={
        <Button kind="primary" icon={<HandHelping />} onClick={() => setAsking(true)}>
          Ask for access
        </Button>
      }
    >
      <Waiting contextId={context.id} />
      <Section title="Your requests">
        <OwnRequests context={context} />
      </Section>
      {isAsking && <AskDialog context={context} onClose={() => setAsking(false)} />}
    </Page>
  );
}

/** What waits for the user; nothing for who administers nothing. */
function Waiting({ contextId }: { contextId: string }): ReactNode {
  // The page tells how many there are now, not how many there were minutes ago.
  const counts = useQuery({ ...countsQuery(contextId), refetchOnMount: 'always' });
  const organizations = counts.data?.organizations ?? [];
  const withOpen = organizations.filter(({ open }) => open > 0);
  return (
    <>
      {/* The lists below say themselves why they could not be read. */}
      {counts.isError && withOpen.length === 0 && (
        <ErrorNotice error={counts.error} retry={() => void counts.refetch()} />
      )}
      {counts.isPending && <LinesSkeleton lines={3} />}
      {!counts.isError && organizations.length > 0 && withOpen.length === 0 && (
        <Section title="Waiting for you">
          <p className="kh-dim">Nobody asks for anything.</p>
        </Section>
      )}
      {withOpen.length > 0 && <WaitingRequests contextId={contextId} organizations={withOpen} />}
    </>
  );
}
