import { isRepositoryName } from '../../contracts/domain/repository-name.ts';
import type { RepositoryAction } from '../../contracts/server-api/repositories.ts';

/** What a registry token can allow on a repository. */
export type ScopeAction = 'pull' | 'push' | 'delete';

/** The same in the words of grants. */
export const actionOf = {
  pull: 'read',
  push: 'write',
  delete: 'delete',
} as const satisfies Record<ScopeAction, RepositoryAction>;

/** One entry of a token's `access` claim (distribution token specification). */
export type ScopeAccess = { type: 'repository'; name: string; actions: ScopeAction[] } | typeof catalogAccess;

/** What a token names for the list of repositories, in the words that clients ask for it with. */
export const catalogAccess = { type: 'registry', name: 'catalog', actions: ['*'] } as const;
/** The same as a scope. */
export const catalogScope = 'registry:catalog:*';

/**
 * Requested scopes beyond this number are refused: each costs a look into the database, and with the longest names of
 * so many repositories a token is still short enough to be taken.
 */
export const maxScopes = 30;

const everyAction: readonly ScopeAction[] = ['pull', 'push', 'delete'];

/**
 * Reads the scopes that a client asks for: `repository:org/name:pull,push`, several in one value with spaces
 * between, several values. `*` asks for every action. What nobody can be given here (another resource type, a bad
 * name, an unknown action) is left out, for the answer to a request for too much is less, not an error.
 *
 * @returns The actions asked for, by repository name.
 */
export function parseScopes(values: readonly string[]): Map<string, Set<ScopeAction>> {
  const asked = new Map<string, Set<ScopeAction>>();
  for (const scope of values.flatMap((value) => value.split(' '))) {
    const parts = /^repository(?:\([a-z0-9]+\))?:([^:]*):([^:]*)$/.exec(scope);
    const [, name = '', actions = ''] = parts ?? [];
    if (!isRepositoryName(name)) continue;
    const known = asked.get(name) ?? new Set();
    for (const action of expandActions(actions)) known.add(action);
    asked.set(name, known);
  }
  return asked;
}

/** Whether a client asks for the list of repositories as well. */
export function asksForCatalog(values: readonly string[]): boolean {
  return values.some((value) => value.split(' ').includes(catalogScope));
}

function expandActions(list: string): ScopeAction[] {
  const words = list.split(',');
  return words.includes('*') ? [...everyAction] : everyAction.filter((action) => words.includes(action));
}

/** Writes one repository's scope as a challenge or an OAuth answer names it. */
export function formatScope(name: string, actions: readonly ScopeAction[]): string {
  return `repository:${name}:${actions.join(',')}`;
}
