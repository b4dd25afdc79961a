import { useMutation, useQuery } from '@tanstack/react-query';
import { RefreshCw, ShieldOff, UserCheck, UserX } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { PendingAccount } from '../../../contracts/ipc/accounts.ts';
import { exactTime } from '../../lib/format.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { Code } from '../../ui/code.tsx';
import { DataTable, type Column, type Filter } from '../../ui/data-table.tsx';
import { Sheet } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Person } from '../../ui/person.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { NeedsKey } from '../contexts/needs-key.tsx';
import { actingQuery } from '../orgs/queries.ts';
import { DecisionDialog, type Decision } from './decision-dialog.tsx';
import { pendingQuery } from './queries.ts';

const columns: readonly Column<PendingAccount>[] = [
  {
    head: 'Account',
    orderBy: ({ name }) => name,
    cell: ({ email }, name) => <Person name={name} email={email} />,
  },
  {
    head: 'Signed in by',
    leavesBelow: 54,
    cell: ({ providers }) => providers.join(', ') || <span className="kh-dim">Not known</span>,
  },
  {
    head: 'Waits since',
    orderBy: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
];

const filter: Filter<PendingAccount> = {
  label: 'Filter by name or email',
  noun: 'accounts',
  noMatch: 'No account matches the filter.',
  from: 8,
  wordsOf: ({ name, username, email }) => [name, username, email],
};

/** The accounts that wait for an operator of the service. */
export function AccountsPage({ context }: { context: ContextSummary }): ReactNode {
  const active = context.state === 'active';
  const acting = useQuery({ ...actingQuery(context), enabled: active });
  if (!active) return <NeedsKey title="Accounts" context={context} />;
  if (acting.data?.operator === true && acting.data.key === null) return <Accounts context={context} />;
  return (
    <Page title="Accounts">
      {acting.isPending && <LinesSkeleton lines={4} />}
      {acting.isError && <ErrorNotice error={acting.error} retry={() => void acting.refetch()} />}
      {acting.data !== undefined && (
        <EmptyState picture={<ShieldOff />} title={`Accounts are for operators of ${context.serviceName}`}>
          You can neither see nor approve those that wait. Whoever runs the service says who is an operator.
        </EmptyState>
      )}
    </Page>
  );
}

function Accounts({ context }: { context: ContextSummary }): ReactNode {
  const list = useQuery(pendingQuery(context.id));
  const look = useMutation({ mutationFn: () => list.refetch() });
  const [openedId, setOpenedId] = useState<string | null>(null);
  const [decision, setDecision] = useState<Decision | null>(null);
  const opened = list.data?.find(({ userId }) => userId === openedId) ?? null;
  const decide = (kind: Decision['kind'], account: PendingAccount): void => {
    setOpenedId(null);
    setDecision({ kind, account });
  };
  return (
    <Page
      title="Accounts"
      lead={`They signed in to ${context.serviceName} and wait for somebody to let them in.`}
      actions={
        <Button icon={<RefreshCw />} call={look}>
          Look again
        </Button>
      }
    >
      <DataTable
        label="Accounts that wait"
        columns={columns}
        list={list}
        filter={filter}
        idOf={({ userId }) => userId}
        nameOf={({ name }) => name}
        minWidth={420}
        empty={
          <EmptyState picture={<UserCheck />} title="No account waits">
            Whoever signs in for the first time is listed here until an operator decides.
          </EmptyState>
        }
        onOpen={({ userId }) => setOpenedId(userId)}
        menuOf={(account) => [
          { label: 'Approve…', icon: UserCheck, run: () => decide('approve', account) },
          { label: 'Deny…', icon: UserX, run: () => decide('deny', account) },
        ]}
      />
      <Sheet opened={opened !== null} onClose={() => setOpenedId(null)} title={opened?.name ?? 'Account'}>
        {opened !== null && <Facts account={opened} onDecide={(kind) => decide(kind, opened)} />}
      </Sheet>
      {decision !== null && (
        <DecisionDialog context={context} decision={decision} onClose={() => setDecision(null)} />
      )}
    </Page>
  );
}

interface FactsProps {
  account: PendingAccount;
  onDecide: (kind: Decision['kind']) => void;
}

function Facts({ account, onDecide }: FactsProps): ReactNode {
  return (
    <div className="kh-stack" data-gap="5">
      <FactList
        facts={[
          { name: 'User name', value: <Breakable>{account.username}</Breakable> },
          { name: 'Email', value: <Breakable>{account.email}</Breakable> },
          { name: 'Signed in by', value: account.providers.join(', ') || 'Not known' },
          { name: 'First sign-in', value: exactTime(account.createdAt) },
          {
            name: 'User id',
            value: <Code>{account.userId}</Code>,
          },
        ]}
      />
      <div className="kh-row">
        <Button kind="primary" icon={<UserCheck />} onClick={() => onDecide('approve')}>
          Approve…
        </Button>
        <Button icon={<UserX />} onClick={() => onDecide('deny')}>
          Deny…
        </Button>
      </div>
    </div>
  );
}
