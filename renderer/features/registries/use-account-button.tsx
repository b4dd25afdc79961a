import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Registry } from '../../../contracts/ipc/registries.ts';
import { keyhold } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { toastDone } from '../../ui/toast.ts';
import { useAction } from '../../ui/use-action.ts';
import { registriesQuery } from './queries.ts';

type Account = Pick<Registry, 'contextId' | 'contextName' | 'host'>;

/** Makes an account the one that its host is asked with, until another one is chosen. */
export function UseAccountButton({ registry }: { registry: Account }): ReactNode {
  const client = useQueryClient();
  const { contextId, contextName, host } = registry;
  const use = useAction(
    () => keyhold().registries.use({ contextId }),
    async () => {
      await client.invalidateQueries(registriesQuery);
      toastDone(`${contextName} answers for ${host}`, 'It stays so whichever context you look at.');
    },
  );
  return (
    <Button size="small" aria-label={`Use this account: ${contextName} for ${host}`} call={use}>
      Use this account
    </Button>
  );
}
