import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Registry } from '../../../contracts/ipc/registries.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { toastDone, toastError } from '../../ui/toast.ts';
import { registriesQuery } from './queries.ts';

type Account = Pick<Registry, 'contextId' | 'contextName' | 'host'>;

/** Makes an account the one that its host is asked with, until another one is chosen. */
export function UseAccount({ registry }: { registry: Account }): ReactNode {
  const client = useQueryClient();
  const { contextId, contextName, host } = registry;
  const use = useMutation({
    mutationFn: () => valueOf(keyhold().registries.use({ contextId })),
    onSuccess: async () => {
      await client.invalidateQueries(registriesQuery);
      toastDone(`${contextName} answers for ${host}`, 'It stays so whichever context you look at.');
    },
    onError: toastError,
  });
  return (
    <Button
      size="small"
      busy={use.isPending}
      aria-label={`Use this account: ${contextName} for ${host}`}
      onClick={() => {
        use.mutate();
      }}
    >
      Use this account
    </Button>
  );
}
