import { Table } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
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
  registries: readonly Registry[];
  onSetUp: (registry: Registry) => void;
}

/** Registries with Podman's state and the way to change it. */
export function RegistryTable({ registries, onSetUp }: RegistryTableProps): ReactNode {
  return (
    <Table.ScrollContainer minWidth={480} type="native">
      <Table horizontalSpacing="md" verticalSpacing="sm" aria-label="Registries">
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
          {registries.map((registry) => (
            <Table.Tr key={registry.contextId}>
              <Table.Td className={css['host']}>
                <RegistryAccount registry={registry} rival={rivalOf(registry, registries)} />
              </Table.Td>
              <Table.Td>
                <Badge tone={podmanStates[registry.podman].tone}>{podmanStates[registry.podman].words}</Badge>
              </Table.Td>
              <Table.Td className={css['action']}>
                {rivalOf(registry, registries) === null ? (
                  <RegistryAction registry={registry} onSetUp={onSetUp} />
                ) : (
                  <UseAccount registry={registry} />
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
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
