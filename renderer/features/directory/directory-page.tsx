import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { FolderTree, PlugZap, RefreshCw } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { Directory } from '../../../contracts/ipc/directory.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { Card, Page, Section } from '../../ui/page.tsx';
import { useAction } from '../../ui/use-action.ts';
import { ForAdministrators } from '../users/for-administrators.tsx';
import { directoryFacts, syncFacts } from './directory-facts.tsx';
import { directoryQuery } from './queries.ts';

/** How people sign in to the context's service: its directory and its providers, for administrators. */
export function DirectoryPage({ context }: { context: ContextSummary }): ReactNode {
  return (
    <ForAdministrators title="Directory" context={context}>
      {() => <SignInWays context={context} />}
    </ForAdministrators>
  );
}

function SignInWays({ context }: { context: ContextSummary }): ReactNode {
  const ways = useQuery(directoryQuery(context.id));
  const directory = ways.data?.directory ?? null;
  return (
    <Page
      title="Directory"
      lead={`How people sign in to ${context.serviceName}, beside keys and tokens.`}
      width="text"
    >
      {ways.isError && <ErrorNotice error={ways.error} retry={() => void ways.refetch()} />}
      {ways.isPending && <LinesSkeleton lines={6} />}
      {ways.data !== undefined && (
        <>
          {directory === null ? (
            <EmptyState picture={<FolderTree />} title="No directory is set up">
              Whoever runs the service names one in its settings (LDAP_URL, LDAP_BASE_DN). Its people then
              sign in with their passwords there.
            </EmptyState>
          ) : (
            <DirectoryPart context={context} directory={directory} />
          )}
          <Section title="Other ways to sign in">
            <Card>
              <FactList
                facts={[
                  { name: 'Own passwords', value: ways.data.passwords ? 'Accepted' : 'Not accepted' },
                  { name: 'Single sign-on', value: ways.data.providers.join(', ') || 'By no provider' },
                ]}
              />
            </Card>
          </Section>
        </>
      )}
    </Page>
  );
}

function DirectoryPart({ context, directory }: { context: ContextSummary; directory: Directory }): ReactNode {
  const client = useQueryClient();
  const { running, lastSync } = directory;
  const sync = useAction(
    () => keyhold().directory.sync({ contextId: context.id }),
    () => client.invalidateQueries(directoryQuery(context.id)),
  );
  const test = useMutation({
    mutationFn: () => valueOf(keyhold().directory.test({ contextId: context.id })),
  });
  return (
    <>
      {lastSync?.problem != null && (
        <Notice tone="warning" title="The last sync changed nothing">
          {lastSync.problem}
        </Notice>
      )}
      {test.isError && <ErrorNotice error={test.error} retry={() => test.mutate()} />}
      {test.data !== undefined && (
        <Notice
          tone={test.data.works ? 'good' : 'error'}
          title={test.data.works ? 'The directory works' : 'The directory does not work'}
        >
          {test.data.message}
        </Notice>
      )}
      <Section
        title="Directory"
        aside={
          <div className="kh-row">
            <Button size="small" icon={<PlugZap />} call={test}>
              Test
            </Button>
            <Button
              size="small"
              icon={<RefreshCw />}
              busy={running || sync.isPending}
              onClick={() => sync.mutate()}
            >
              {running ? 'Syncing…' : 'Sync now'}
            </Button>
          </div>
        }
      >
        <Card>
          <FactList facts={directoryFacts(directory)} />
        </Card>
      </Section>
      {lastSync !== null && (
        <Section title="Last sync">
          <Card>
            <FactList facts={syncFacts(lastSync)} />
          </Card>
        </Section>
      )}
    </>
  );
}
