import { Box } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RegistryClient } from '../../../contracts/domain/registry-client.ts';
import type { Registry } from '../../../contracts/ipc/registries.ts';
import { DataTable, type Column, type Filter, type Listed } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { useContexts } from '../contexts/queries.ts';
import { ClientCell } from './client-cell.tsx';
import { clientNames, registryClients } from './client-words.ts';
import css from './registries.module.css';
import { RegistryAccount } from './registry-account.tsx';
import { UseAccountButton } from './use-account-button.tsx';

interface RegistryTableProps {
  list: Listed<Registry>;
  onSetUp: (registry: Registry, client: RegistryClient) => void;
}

const filter: Filter<Registry> = {
  label: 'Filter by host or context',
  noun: 'registries',
  noMatch: 'No registry matches the filter.',
  from: 30,
  wordsOf: ({ host, contextName }) => [host, contextName],
};

/** Registries with each client's state and the way to change it. */
export function RegistryTable({ list, onSetUp }: RegistryTableProps): ReactNode {
  const { data: contexts = [] } = useContexts();
  const active = new Set(contexts.filter(({ state }) => state === 'active').map(({ id }) => id));
  const isOffered = ({ answers, contextId }: Registry): boolean =>
    answers !== 'this' && active.has(contextId);
  const isUnused = (registry: Registry): boolean => isOffered(registry) || registry.answers === 'other';
  const columns: Column<Registry>[] = [
    {
      head: 'Registry and account',
      className: css['host'],
      orderBy: ({ host, contextName }) => `${host} ${contextName}`,
      cell: (registry) => (
        <RegistryAccount registry={registry} chosen={chosenOf(registry, list.data ?? [])} />
      ),
    },
    ...registryClients.map((client, index): Column<Registry> => ({
      head: clientNames[client],
      spansRest: (registry) => index === 0 && isUnused(registry),
      cell: (registry) => {
        if (!isUnused(registry)) return <ClientCell registry={registry} client={client} onSetUp={onSetUp} />;
        // One offer for the account, in the place of what each client could do with it.
        return (
          isOffered(registry) && (
            <div className="kh-end">
              <UseAccountButton registry={registry} />
            </div>
          )
        );
      },
    })),
  ];
  return (
    <DataTable
      label="Registries"
      columns={columns}
      list={list}
      empty={
        <EmptyState picture={<Box />} title="None of your contexts has a registry">
          Add a context for a service with a container registry, and it shows up here. One that signs in with
          a keeper’s token has none.
        </EmptyState>
      }
      idOf={({ contextId }) => contextId}
      nameOf={({ host }) => host}
      filter={filter}
      minWidth={480}
    />
  );
}

/** The account that the helper takes in this one's place, for the same host; null when there is none. */
function chosenOf(registry: Registry, registries: readonly Registry[]): Registry | null {
  if (registry.answers !== 'other') return null;
  return registries.find((other) => other.answers === 'this' && other.host === registry.host) ?? null;
}
