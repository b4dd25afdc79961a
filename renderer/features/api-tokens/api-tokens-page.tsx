import { useQuery } from '@tanstack/react-query';
import { Plus, ShieldOff, TicketPlus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ApiTokenSummary } from '../../../contracts/ipc/api-tokens.ts';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { useNow } from '../../lib/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { EndCell, SecretPrefix, UsedCell } from '../../ui/credential-cells.tsx';
import { DataTable, type Column, type Filter } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FirstOfMany } from '../../ui/first-of-many.tsx';
import { Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { NeedsKey } from '../contexts/needs-key.tsx';
import { MakeTokenDialog } from './make-token-dialog.tsx';
import { apiTokensQuery } from './queries.ts';
import { RevokeTokenDialog } from './revoke-token-dialog.tsx';
import { TokenSheet } from './token-sheet.tsx';
import { endsSoon } from '../../lib/ends.ts';
import { reachName, scopeName } from './token-words.ts';

const columns: readonly Column<ApiTokenSummary>[] = [
  {
    head: 'Name',
    orderBy: ({ name }) => name,
    cell: ({ prefix }, name) => (
      <>
        {name}
        <SecretPrefix>{prefix}</SecretPrefix>
      </>
    ),
  },
  {
    head: 'May',
    orderBy: scopesWords,
    cell: scopesWords,
  },
  {
    head: 'In',
    leavesBelow: 60,
    orderBy: ({ repositoryCount }) => repositoryCount,
    cell: ({ repositoryCount }) => reachName(repositoryCount),
  },
  {
    head: 'Made',
    leavesBelow: 60,
    orderBy: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
  {
    head: 'Last used',
    leavesBelow: 54,
    orderBy: ({ lastUse }) => lastUse?.at ?? null,
    cell: ({ lastUse }) => <UsedCell use={lastUse} />,
  },
  { head: 'Ends', orderBy: ({ expiresAt }) => expiresAt, cell: (token) => <End token={token} /> },
];

const filter: Filter<ApiTokenSummary> = {
  label: 'Filter by name, scope or program',
  noun: 'API tokens',
  noMatch: 'No API token matches the filter.',
  from: 8,
  wordsOf: ({ name, prefix, scopes, lastUse }) => [
    ...[name, prefix, lastUse?.program ?? null],
    ...scopes,
    ...scopes.map(scopeName),
  ],
};

function scopesWords({ scopes }: ApiTokenSummary): string {
  return scopes.map(scopeName).join(', ');
}

function End({ token }: { token: ApiTokenSummary }): ReactNode {
  const now = useNow(60_000);
  if (token.expired) return <Badge tone="neutral">Ended</Badge>;
  return <EndCell at={token.expiresAt} soon={endsSoon(token, now)} />;
}

/** The API tokens of the context's user. */
export function ApiTokensPage({ context }: { context: ContextSummary }): ReactNode {
  if (context.state !== 'active') return <NeedsKey title="API tokens" context={context} />;
  return <ApiTokens context={context} />;
}

type Layer = { kind: 'none' | 'new' } | { kind: 'revoke'; token: ApiTokenSummary };

function ApiTokens({ context }: { context: ContextSummary }): ReactNode {
  const list = useQuery(apiTokensQuery(context.id));
  const [openedId, setOpenedId] = useState<string | null>(null);
  const [layer, setLayer] = useState<Layer>({ kind: 'none' });
  const close = (): void => setLayer({ kind: 'none' });
  const tokens = list.data?.tokens;
  const make = (
    <Button kind="primary" icon={<Plus />} onClick={() => setLayer({ kind: 'new' })}>
      Make API token
    </Button>
  );
  const revoke = (token: ApiTokenSummary): void => {
    setOpenedId(null);
    setLayer({ kind: 'revoke', token });
  };
  return (
    <Page
      title="API tokens"
      lead={`Programs use them at ${context.serviceName} in your name. You see your own.`}
      actions={tokens === undefined || tokens.length === 0 ? undefined : make}
    >
      <FirstOfMany
        listed={tokens?.length}
        total={list.data?.total}
        order="when they were made, the newest first"
      />
      <DataTable
        label="API tokens"
        columns={columns}
        list={{ ...list, data: tokens }}
        filter={filter}
        idOf={({ id }) => id}
        nameOf={({ name }) => name}
        isDim={({ expired }) => expired}
        minWidth={480}
        empty={
          <EmptyState picture={<TicketPlus />} title="No API tokens yet" action={make}>
            A token lets a build or another program act in your name: only as far as you say, and never
            further than you may yourself.
          </EmptyState>
        }
        onOpen={({ id }) => setOpenedId(id)}
        menuOf={(token) => [{ label: 'Revoke…', icon: ShieldOff, run: () => revoke(token) }]}
      />
      <TokenSheet
        context={context}
        token={tokens?.find(({ id }) => id === openedId) ?? null}
        onRevoke={revoke}
        onClose={() => setOpenedId(null)}
      />
      {layer.kind === 'new' && <MakeTokenDialog context={context} onClose={close} />}
      {layer.kind === 'revoke' && <RevokeTokenDialog context={context} token={layer.token} onClose={close} />}
    </Page>
  );
}
