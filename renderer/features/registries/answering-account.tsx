import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Registry } from '../../../contracts/ipc/registries.ts';
import { queries } from '../../lib/queries.ts';
import css from './registries.module.css';
import { UseAccount } from './use-account.tsx';

interface RegistryAccount {
  /** The registry as this context has it. */
  registry: Registry;
  /** The name of the context that programs sign in with; null while none is chosen. */
  chosen: string | null;
}

/** Which account programs sign in to a context's registry with; null where it has none, and until that is known. */
export function useRegistryAccount(contextId: string): RegistryAccount | null {
  const { data } = useQuery(queries.registries);
  const registry = data?.registries.find((each) => each.contextId === contextId);
  if (registry === undefined) return null;
  const chosen = data?.registries.find(({ host, answers }) => host === registry.host && answers === 'this');
  return { registry, chosen: chosen?.contextName ?? null };
}

/** That account in words, and the way to take this one in its place. */
export function AnsweringAccount({ account: { registry, chosen } }: { account: RegistryAccount }): ReactNode {
  if (registry.answers === 'this') return 'With this account';
  return (
    <span className={css['answering']}>
      {chosen === null ? 'Not yet: no account is chosen' : `As ${chosen}`}
      <UseAccount registry={registry} />
    </span>
  );
}
