import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { RegistryClient } from '../../../contracts/domain/registry-client.ts';
import type { Registry } from '../../../contracts/ipc/registries.ts';
import { keyhold } from '../../lib/api.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { toastDone } from '../../ui/toast.ts';
import { useAction } from '../../ui/use-action.ts';
import { useContexts } from '../contexts/queries.ts';
import { clientFileNames, clientNames, faultStates } from './client-words.ts';
import { registriesQuery } from './queries.ts';
import css from './registries.module.css';
import { undoneWords } from './undone-words.ts';

const states = {
  keyhold: { tone: 'good', words: 'Uses Keyhold' },
  other: { tone: 'warning', words: 'Another helper' },
  none: { tone: 'neutral', words: 'Not set up' },
  empty: { tone: 'warning', words: 'No helper named' },
  unreadable: { tone: 'error', words: 'File unreadable' },
} as const;

interface ClientCellProps {
  registry: Registry;
  client: RegistryClient;
  onSetUp: (registry: Registry, client: RegistryClient) => void;
}

const troubles = {
  broken: { tone: 'error', words: 'Does not work' },
  warning: { tone: 'warning', words: 'Worth a look' },
} as const;

/** Whether a client uses Keyhold for a registry, and the button that changes it. It counts as well only if the Doctor finds no fault. */
export function ClientCell({ registry, client, onSetUp }: ClientCellProps): ReactNode {
  const { entry, fault, trouble } = registry.clients[client];
  const spoilt = entry === 'keyhold' ? trouble : null;
  const { tone, words } = spoilt === null ? states[entry] : troubles[spoilt.state];
  return (
    <span className={css['client']}>
      <span className={css['clientState']}>
        <Badge tone={tone}>{entry === 'unreadable' && fault !== null ? faultStates[fault] : words}</Badge>
        {spoilt !== null && <Link to="?doctor">Doctor: {spoilt.subject}</Link>}
        {entry === 'unreadable' && (
          <Link to="?doctor">
            Doctor<span className="kh-hidden">: {clientFileNames[client]}</span>
          </Link>
        )}
      </span>
      <ClientAction registry={registry} client={client} onSetUp={onSetUp} />
    </span>
  );
}

function ClientAction({ registry, client, onSetUp }: ClientCellProps): ReactNode {
  const { contextId, host } = registry;
  const { entry, canUndo } = registry.clients[client];
  const queryClient = useQueryClient();
  const { data: contexts = [] } = useContexts();
  const context = contexts.find(({ id }) => id === contextId);
  const undo = useAction(
    () => keyhold().registries.undo({ contextId, client }),
    async ({ restored }) => {
      await queryClient.invalidateQueries(registriesQuery);
      toastDone(`${clientNames[client]} no longer uses Keyhold for ${host}`, undoneWords(restored));
    },
  );
  if (canUndo) {
    return (
      <Button size="small" aria-label={`Undo ${clientNames[client]}’s set-up for ${host}`} call={undo}>
        Undo
      </Button>
    );
  }
  // There is no key to sign in with, and signing in again sets up what was set up before.
  if (context?.state === 'signed_out') return null;
  if (entry === 'keyhold') return <span className="kh-dim">Not made by Keyhold</span>;
  return (
    <Button
      size="small"
      aria-label={`Set up ${clientNames[client]} for ${host}`}
      onClick={() => onSetUp(registry, client)}
    >
      Set up…
    </Button>
  );
}
