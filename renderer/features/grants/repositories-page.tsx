import { Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Package } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { Repository } from '../../../contracts/ipc/grants.ts';
import { findable, findAll } from '../../lib/search-words.ts';
import { Badge } from '../../ui/badge.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FilterField } from '../../ui/filter-field.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { NeedsKey } from '../contexts/needs-key.tsx';
import css from './grants.module.css';
import { repositoriesQuery } from './queries.ts';
import { RepositorySheet } from './repository-sheet.tsx';

/** From so many on the list can be filtered. */
const longFrom = 8;

/** The repositories that the current context's user may read, and who else may use them. */
export function RepositoriesPage({ context }: { context: ContextSummary }): ReactNode {
  const active = context.state === 'active';
  const list = useQuery({ ...repositoriesQuery(context.id), enabled: active });
  const [query, setQuery] = useState('');
  const [openedName, setOpenedName] = useState<string | null>(null);
  const entries = useMemo(() => findable(list.data ?? [], ({ name }) => [name]), [list.data]);
  const found = useMemo(() => findAll(entries, query), [entries, query]);
  if (!active) return <NeedsKey title="Repositories" context={context} />;
  return (
    <Page
      title="Repositories"
      lead={`What you may pull from ${context.serviceName}, what is in it, and who else may.`}
    >
      {list.isError && <ErrorNotice error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <LinesSkeleton lines={4} />}
      {list.data?.length === 0 && (
        <EmptyState picture={<Package />} title="No repositories yet">
          An owner of an organization makes one by pushing the first image. Others see a repository once they
          may use it.
        </EmptyState>
      )}
      {entries.length >= longFrom && <FilterField label="Filter by name" value={query} onChange={setQuery} />}
      {found.length > 0 && (
        <Card padded={false}>
          <RepositoryTable repositories={found} onOpen={setOpenedName} />
        </Card>
      )}
      {found.length === 0 && query !== '' && <p className="kh-dim">No repository matches the filter.</p>}
      <RepositorySheet
        context={context}
        repository={list.data?.find(({ name }) => name === openedName) ?? null}
        onClose={() => {
          setOpenedName(null);
        }}
      />
    </Page>
  );
}

interface RepositoryTableProps {
  repositories: readonly Repository[];
  onOpen: (name: string) => void;
}

function RepositoryTable({ repositories, onOpen }: RepositoryTableProps): ReactNode {
  return (
    <Table highlightOnHover horizontalSpacing="md" verticalSpacing="sm" aria-label="Repositories">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Repository</Table.Th>
          <Table.Th>Visible to</Table.Th>
          <Table.Th>You may</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {repositories.map((repository) => (
          <Table.Tr
            key={repository.name}
            className={css['row']}
            onClick={() => {
              onOpen(repository.name);
            }}
          >
            <Table.Td>
              {/* The row's click reaches the same; this one is for the keyboard. */}
              <button type="button" className={css['open']} title={repository.name}>
                {repository.name}
              </button>
            </Table.Td>
            <Table.Td>
              {repository.public ? (
                <Badge tone="warning">Everybody</Badge>
              ) : (
                <Badge tone="neutral">Authorized</Badge>
              )}
            </Table.Td>
            <Table.Td>{mayWords(repository)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function mayWords({ actions }: Repository): string {
  if (actions.includes('admin')) return 'Everything';
  return actions.includes('write') ? 'Pull and push' : 'Pull';
}
