import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Registry } from '../../../contracts/ipc/registries.ts';
import { contextsQuery } from '../contexts/queries.ts';
import { registriesQuery } from './queries.ts';
import css from './registries.module.css';
import { UseAccountButton } from './use-account-button.tsx';

export interface Answering {
  /** The registry as this context has it. */
  registry: Registry;
  /** The context that programs sign in with, and why it cannot answer; null while none is chosen. */
  chosen: { name: string; unable: string | null } | null;
}

/** Why a chosen account cannot answer, by its context's state. */
export const unableWords = {
  pending: 'its key is not registered',
  active: null,
  signed_out: 'it is signed out',
} as const;

/** Which account programs sign in to a context's registry with; null where it has none, and until that is known. */
export function useAnsweringAccount(contextId: string): Answering | null {
  const { data } = useQuery(registriesQuery);
  const registry = data?.registries.find((each) => each.contextId === contextId);
  const chosen = data?.registries.find(({ host, answers }) => host === registry?.host && answers === 'this');
  // There may be thousands: they are read only where another one answers.
  const contexts = useQuery({
    ...contextsQuery,
    enabled: chosen !== undefined && chosen.contextId !== contextId,
  });
  if (registry === undefined) return null;
  if (chosen === undefined) return { registry, chosen: null };
  const state = contexts.data?.find(({ id }) => id === chosen.contextId)?.state ?? 'active';
  return { registry, chosen: { name: chosen.contextName, unable: unableWords[state] } };
}

/** That account in words, and the way to take this one in its place. */
export function AnsweringAccount({ account: { registry, chosen } }: { account: Answering }): ReactNode {
  if (registry.answers === 'this') return 'With this account';
  return (
    <span className={css['answering']}>
      {accountWords(chosen)}
      <UseAccountButton registry={registry} />
    </span>
  );
}

function accountWords(chosen: Answering['chosen']): string {
  if (chosen === null) return 'Not yet: no account is chosen';
  const { name, unable } = chosen;
  return unable === null ? `As ${name}` : `Not now: ${name} is chosen, and ${unable}`;
}
