import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { Registry } from '../../../contracts/ipc/registries.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Code } from '../../ui/code.tsx';
import { LastUse } from '../../ui/last-use.tsx';
import { ContextLabel, ContextTile } from '../contexts/context-tile.tsx';
import { useContexts } from '../contexts/queries.ts';
import { unableWords } from './answering-account.tsx';
import css from './registries.module.css';

interface RegistryAccountProps {
  registry: Registry;
  /** The account that is taken instead, for the same host. */
  chosen: Registry | null;
}

/** A registry with the account that it is asked with, or why that one is not taken. */
export function RegistryAccount({ registry, chosen }: RegistryAccountProps): ReactNode {
  const { data: contexts = [] } = useContexts();
  const context = contexts.find(({ id }) => id === registry.contextId);
  if (context === undefined) return <Code>{registry.host}</Code>;
  const chosenContext = contexts.find(({ id }) => id === chosen?.contextId) ?? null;
  const words = wordsOf(context, registry, chosenContext);
  return (
    <span className={css['account']} data-unused={registry.answers !== 'this' || undefined}>
      <ContextTile context={context} />
      <span className={css['accountWords']}>
        <code className={css['hostName']}>
          <Breakable>{registry.host}</Breakable>
        </code>
        <span className={css['accountName']}>
          <Breakable>{context.name}</Breakable> <ContextLabel context={context} />{' '}
          <Code>{context.userId}</Code>
        </span>
        {registry.lastUse !== null && (
          <span className={css['context']}>
            <LastUse use={registry.lastUse} />
          </span>
        )}
        {words !== null && <span className={css['context']}>{words}</span>}
      </span>
    </span>
  );
}

const stateWords = { pending: 'Key not registered', active: null, signed_out: 'Signed out' } as const;

/** What keeps the account from answering for its host. */
function wordsOf(
  { state }: ContextSummary,
  { answers }: Registry,
  chosen: ContextSummary | null,
): string | null {
  const own = stateWords[state];
  if (answers === 'this') return own === null ? null : `${own}: nothing answers for this host`;
  if (own !== null) return own;
  if (answers === 'nobody') return 'No account is chosen for this host';
  if (chosen === null) return null;
  const unable = unableWords[chosen.state];
  return unable === null
    ? `${chosen.name} answers for this host`
    : `Nothing answers for this host: ${chosen.name} is chosen, and ${unable}`;
}
