import { Table } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, type ReactNode } from 'react';
import type { RegistryClient } from '../../../contracts/domain/registry-client.ts';
import type { Registry } from '../../../contracts/ipc/registries.ts';
import { useContexts } from '../contexts/queries.ts';
import { ClientCell } from './client-cell.tsx';
import { clientNames, registryClients } from './client-words.ts';
import css from './registries.module.css';
import { RegistryAccount } from './registry-account.tsx';
import { UseAccount } from './use-account.tsx';

interface RegistryTableProps {
  /** What the table shows. */
  registries: readonly Registry[];
  /** Those that the filter leaves out as well. */
  all: readonly Registry[];
  /** Scrolls on its own, and draws only the rows in sight. */
  long: boolean;
  onSetUp: (registry: Registry, client: RegistryClient) => void;
}

/** Height of most rows, CSS pixels; each is measured once it is drawn. */
const usualHeight = 70;

/** Registries with each client's state and the way to change it. */
export function RegistryTable({ registries, all, long, onSetUp }: RegistryTableProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const { data: contexts = [] } = useContexts();
  const active = new Set(contexts.filter(({ state }) => state === 'active').map(({ id }) => id));
  const rows = useVirtualizer({
    enabled: long,
    count: registries.length,
    estimateSize: () => usualHeight,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => registries[index]?.contextId ?? index,
    overscan: 5,
  });
  const drawn = rows.getVirtualItems();
  const indexes = long ? drawn.map(({ index }) => index) : registries.map((_registry, index) => index);
  const above = drawn[0]?.start ?? 0;
  const below = long ? rows.getTotalSize() - (drawn.at(-1)?.end ?? 0) : 0;
  return (
    <div
      ref={scroller}
      className={css['scroller']}
      data-long={long || undefined}
      {...(long ? { role: 'region', 'aria-label': 'List of registries', tabIndex: 0 } : {})}
    >
      <Table
        horizontalSpacing="md"
        verticalSpacing="sm"
        aria-label="Registries"
        aria-rowcount={long ? registries.length + 1 : undefined}
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Registry and account</Table.Th>
            {registryClients.map((client) => (
              <Table.Th key={client}>{clientNames[client]}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Gap height={above} />
          {indexes.map((index) => {
            const registry = registries[index];
            if (registry === undefined) return null;
            const chosen = chosenOf(registry, all);
            const offered = registry.answers !== 'this' && active.has(registry.contextId);
            return (
              <Table.Tr
                key={registry.contextId}
                ref={long ? rows.measureElement : undefined}
                data-index={index}
                aria-rowindex={long ? index + 2 : undefined}
              >
                <Table.Td className={css['host']}>
                  <RegistryAccount registry={registry} chosen={chosen} />
                </Table.Td>
                {offered || registry.answers === 'other' ? (
                  <Table.Td colSpan={registryClients.length} className={css['action']}>
                    {offered && <UseAccount registry={registry} />}
                  </Table.Td>
                ) : (
                  registryClients.map((client) => (
                    <Table.Td key={client}>
                      <ClientCell registry={registry} client={client} onSetUp={onSetUp} />
                    </Table.Td>
                  ))
                )}
              </Table.Tr>
            );
          })}
          <Gap height={below} />
        </Table.Tbody>
      </Table>
    </div>
  );
}

/** Stands for the rows above or below those that are drawn. */
function Gap({ height }: { height: number }): ReactNode {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true">
      <td colSpan={1 + registryClients.length} className={css['gap']} style={{ height }} />
    </tr>
  );
}

/** The account that the helper takes in this one's place, for the same host; null when there is none. */
function chosenOf(registry: Registry, registries: readonly Registry[]): Registry | null {
  if (registry.answers !== 'other') return null;
  return registries.find((other) => other.answers === 'this' && other.host === registry.host) ?? null;
}
