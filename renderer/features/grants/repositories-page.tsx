import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Package } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { ServiceRepository } from '../../../contracts/ipc/permissions.ts';
import { Badge } from '../../ui/badge.tsx';
import { DataTable, type Column, type Filter } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FirstOfMany } from '../../ui/first-of-many.tsx';
import { Page } from '../../ui/page.tsx';
import { NeedsKey } from '../contexts/needs-key.tsx';
import { useActing } from '../orgs/queries.ts';
import { repositoriesQuery } from './queries.ts';
import { RepositorySheet } from './repository-sheet.tsx';

const columns: readonly Column<ServiceRepository>[] = [
  { head: 'Repository', orderBy: ({ name }) => name, cell: (_repository, name) => name },
  {
    head: 'Visible to',
    orderBy: (repository) => (repository.public ? 'Everybody' : 'Authorized'),
    cell: (repository) => (
      <Badge tone={repository.public ? 'warning' : 'neutral'}>
        {repository.public ? 'Everybody' : 'Authorized'}
      </Badge>
    ),
  },
  {
    head: 'You may',
    orderBy: ({ actions }) => pullPushWords(actions),
    cell: ({ actions }) => pullPushWords(actions) ?? <span className="kh-dim">Not told by the service</span>,
  },
];

const filter: Filter<ServiceRepository> = {
  label: 'Filter by name',
  noun: 'repositories',
  noMatch: 'No repository matches the filter.',
  from: 8,
  wordsOf: ({ name }) => [name],
};

/** Those of the organization that the context acts in, or all that its user may read. */
type Which = 'own' | 'all';

/** The repositories that the current context's user may read, and who else may use them. */
export function RepositoriesPage({ context }: { context: ContextSummary }): ReactNode {
  const active = context.state === 'active';
  const list = useQuery({ ...repositoriesQuery(context), enabled: active });
  const [openedId, setOpenedId] = useState<string | null>(null);
  const [chosen, setWhich] = useState<Which | null>(null);
  const org = useActing(context)?.org?.slug ?? null;
  const repositories = list.data?.repositories;
  const own = repositories?.filter(({ name }) => org === null || name.startsWith(`${org}/`));
  const which = chosen ?? (own?.length === 0 ? 'all' : 'own');
  const hasOthers = own !== undefined && own.length < (repositories?.length ?? 0);
  if (!active) return <NeedsKey title="Repositories" context={context} />;
  return (
    <Page
      title="Repositories"
      lead={`What you may pull from ${context.serviceName}, what is in it, and who else may.`}
    >
      {org !== null && hasOthers && (
        <div className="kh-row">
          <SegmentedControl
            aria-label="Which repositories"
            value={which}
            data={[
              { value: 'own', label: `Of ${org}` },
              { value: 'all', label: 'All that you may use' },
            ]}
            onChange={setWhich}
          />
        </div>
      )}
      <FirstOfMany listed={repositories?.length} total={list.data?.total} order="name" />
      <DataTable
        label="Repositories"
        columns={columns}
        list={{ ...list, data: which === 'own' ? own : repositories }}
        idOf={({ id }) => id}
        nameOf={({ name }) => name}
        filter={filter}
        empty={
          <EmptyState picture={<Package />} title="No repositories yet">
            An owner of an organization makes one by pushing the first image. Others see a repository once
            they may use it.
          </EmptyState>
        }
        onOpen={({ id }) => setOpenedId(id)}
      />
      <RepositorySheet
        context={context}
        repository={repositories?.find(({ id }) => id === openedId) ?? null}
        onClose={() => setOpenedId(null)}
      />
    </Page>
  );
}

function pullPushWords(actions: ServiceRepository['actions']): string | null {
  if (actions === null) return null;
  if (actions.includes('admin')) return 'Everything';
  return actions.includes('write') ? 'Pull and push' : 'Pull';
}
