import { Table } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, type ReactNode } from 'react';
import type { Registry } from '../../../contracts/ipc/registries.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { queries, useContexts } from '../../lib/queries.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { toastDone, toastError } from '../../ui/toast.ts';
import css from './registries.module.css';
import { RegistryAccount, UseAccount } from './registry-account.tsx';
import { undoneWords } from './undone-words.ts';

const podmanStates = {
  keyhold: { tone: 'good', words: 'Uses Keyhold' },
  other: { tone: 'warning', words: 'Another helper' },
  none: { tone: 'neutral', words: 'Not set up' },
  unreadable: { tone: 'error', words: 'Auth file unreadable' },
} as const;

interface RegistryTableProps {
  /** What the table shows. */
  registries: readonly Registry[];
  /** Those that the filter leaves out as well. */
  all: readonly Registry[];
  /** Scrolls on its own, and draws only the rows in sight. */
  long: boolean;
  onSetUp: (registry: Registry) => void;
}

/** Height of most rows, CSS pixels; each is measured once it is drawn. */
const usualHeight = 70;

/** Registries with Podman's state and the way to change it. */
export function RegistryTable({ registries, all, long, onSetUp }: RegistryTableProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
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
            <Table.Th>Podman</Table.Th>
            <Table.Th>
              <span className="kh-hidden">Actions</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Gap height={above} />
          {indexes.map((index) => {
            const registry = registries[index];
            if (registry === undefined) return null;
            const rival = rivalOf(registry, all);
            return (
              <Table.Tr
                key={registry.contextId}
                ref={long ? rows.measureElement : undefined}
                data-index={index}
                aria-rowindex={long ? index + 2 : undefined}
              >
                <Table.Td className={css['host']}>
                  <RegistryAccount registry={registry} rival={rival} />
                </Table.Td>
                <Table.Td>
                  <Badge tone={podmanStates[registry.podman].tone}>
                    {podmanStates[registry.podman].words}
                  </Badge>
                </Table.Td>
                <Table.Td className={css['action']}>
                  {rival === null ? (
                    <RegistryAction registry={registry} onSetUp={onSetUp} />
                  ) : (
                    <UseAccount registry={registry} />
                  )}
                </Table.Td>
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
      <td colSpan={3} className={css['gap']} style={{ height }} />
    </tr>
  );
}

/** The account that the helper takes in this one's place, for the same host; null when there is none. */
function rivalOf(registry: Registry, registries: readonly Registry[]): Registry | null {
  if (registry.answers) return null;
  return registries.find((other) => other.answers && other.host === registry.host) ?? null;
}

interface RegistryActionProps {
  registry: Registry;
  onSetUp: (registry: Registry) => void;
}

function RegistryAction({ registry, onSetUp }: RegistryActionProps): ReactNode {
  const client = useQueryClient();
  const { data: contexts = [] } = useContexts();
  const context = contexts.find(({ id }) => id === registry.contextId);
  const undo = useMutation({
    mutationFn: () => valueOf(keyhold().registries.undo({ contextId: registry.contextId })),
    onSuccess: async ({ restored }) => {
      await client.invalidateQueries(queries.registries);
      toastDone(`Podman no longer uses Keyhold for ${registry.host}`, undoneWords(restored));
    },
    onError: toastError,
  });
  if (registry.canUndo) {
    return (
      <Button
        size="small"
        busy={undo.isPending}
        aria-label={`Undo Podman’s set-up for ${registry.host}`}
        onClick={() => {
          undo.mutate();
        }}
      >
        Undo
      </Button>
    );
  }
  // There is no key to sign in with, and signing in again sets Podman up if it was.
  if (context?.state === 'signed_out') return null;
  if (registry.podman === 'keyhold') return <span className="kh-dim">Not made by Keyhold</span>;
  return (
    <Button
      size="small"
      aria-label={`Set up Podman for ${registry.host}`}
      onClick={() => {
        onSetUp(registry);
      }}
    >
      Set up…
    </Button>
  );
}
