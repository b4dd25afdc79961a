import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Registry } from '../../../contracts/ipc/registries.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { queries, useContexts } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { LastUse } from '../../ui/program-use.tsx';
import { toastDone, toastError } from '../../ui/toast.ts';
import { ContextLabel, ContextTile } from '../contexts/context-tile.tsx';
import css from './registries.module.css';

interface RegistryAccountProps {
  registry: Registry;
  /** The account that is taken instead, for the same host. */
  rival: Registry | null;
}

/** A registry with the account that it is asked with, or why that one is not taken. */
export function RegistryAccount({ registry, rival }: RegistryAccountProps): ReactNode {
  const { data: contexts = [] } = useContexts();
  const context = contexts.find(({ id }) => id === registry.contextId);
  if (context === undefined) return <code>{registry.host}</code>;
  const why = rival === null ? null : `${rival.contextName} answers for this host`;
  const waits = { pending: 'Key not registered', active: null, signed_out: 'Signed out' }[context.state];
  return (
    <span className={css['account']} data-unused={!registry.answers || undefined}>
      <ContextTile context={context} />
      <span className={css['accountWords']}>
        <code className={css['hostName']}>{registry.host}</code>
        <span className={css['accountName']}>
          {context.name} <ContextLabel context={context} /> <code>{context.userId}</code>
        </span>
        {registry.lastUse !== null && (
          <span className={css['context']}>
            <LastUse use={registry.lastUse} />
          </span>
        )}
        {(waits ?? why) !== null && <span className={css['context']}>{waits ?? why}</span>}
      </span>
    </span>
  );
}

/** Makes an account the one that its host is asked with, by making its context the current one. */
export function UseAccount({ registry }: { registry: Registry }): ReactNode {
  const client = useQueryClient();
  const { data: contexts = [] } = useContexts();
  const context = contexts.find(({ id }) => id === registry.contextId);
  const use = useMutation({
    mutationFn: () => valueOf(keyhold().contexts.setCurrent({ contextId: registry.contextId })),
    onSuccess: async () => {
      await Promise.all([
        client.invalidateQueries(queries.contexts),
        client.invalidateQueries(queries.registries),
      ]);
      toastDone(`${registry.contextName} is the current context`, `It answers for ${registry.host} now.`);
    },
    onError: toastError,
  });
  if (context?.state !== 'active') return null;
  return (
    <Button
      size="small"
      busy={use.isPending}
      aria-label={`Use this account: ${registry.contextName} for ${registry.host}`}
      onClick={() => {
        use.mutate();
      }}
    >
      Use this account
    </Button>
  );
}
