import type { Caller, Limits } from '../auth/caller.ts';
import type { Principal } from '../identity/principals.ts';
import type { ServerContext } from '../context.ts';
import { UnchangedCache } from '../db/unchanged-cache.ts';
import type { RepositoryRef } from '../identity/repositories.ts';
import { decideRepository } from './decide.ts';
import type { PrincipalFacts, RepositoryDecision, RepositoryFacts } from './decide.ts';
import { loadPrincipalFacts, loadRepositoryFacts } from './facts.ts';

/** Whose rights are asked for: nobody's, where `principal` is null. `limits` are those of the credential. */
export interface Asker {
  principal: Principal | null;
  limits: Limits | null;
}

/** What somebody may do to one name; `repository` is null while nothing of that name exists. */
export interface RepositoryAccess extends RepositoryDecision {
  name: string;
  repository: RepositoryRef | null;
}

/** Who sends no credentials. */
export const nobody: Asker = { principal: null, limits: null };

/** A caller as the one whose rights are asked for. */
export function askerOf({ principal, credential: { limits } }: Caller): Asker {
  return { principal, limits };
}

/**
 * What somebody may do to each of these repositories, as `decideRepository` says, by at most four queries.
 *
 * @param names - `org/name`; one that is not allowed gives no access.
 * @returns One for each name, in their order.
 */
export async function repositoriesAccess(
  context: ServerContext,
  asker: Asker,
  names: readonly string[],
): Promise<RepositoryAccess[]> {
  const { who, on } = await loadFacts(context, asker.principal, names);
  return on.map((facts) => decide(context, asker, who, facts));
}

/** `repositoriesAccess` for one name. */
export async function repositoryAccess(
  context: ServerContext,
  asker: Asker,
  name: string,
): Promise<RepositoryAccess> {
  return only(await repositoriesAccess(context, asker, [name]));
}

/** Far more than the pairs of principal and repository that are in use at a time. */
const maxRemembered = 10_000;

/**
 * `repositoryAccess` for a caller that asks often, such as the registry. The facts are remembered until something is
 * written to the database; each time is decided anew, because grants end and credentials differ.
 */
export function rememberedAccess(
  context: ServerContext,
): (asker: Asker, name: string) => Promise<RepositoryAccess> {
  const cache = new UnchangedCache<Facts>(context.db, maxRemembered);
  return async (asker, name) => {
    const { principal } = asker;
    const key = `${principal === null ? '' : `${principal.kind} ${principal.id}`} ${name}`;
    const { who, on } = await cache.get(key, () => loadFacts(context, principal, [name]));
    return decide(context, asker, who, only(on));
  };
}

interface Facts {
  who: PrincipalFacts | null;
  on: RepositoryFacts[];
}

async function loadFacts(
  context: ServerContext,
  principal: Principal | null,
  names: readonly string[],
): Promise<Facts> {
  const who = principal === null ? null : await loadPrincipalFacts(context, principal);
  return { who, on: await loadRepositoryFacts(context, principal, names) };
}

function decide(
  context: ServerContext,
  { limits }: Asker,
  who: PrincipalFacts | null,
  facts: RepositoryFacts,
): RepositoryAccess {
  const { name, repository } = facts;
  return { name, repository, ...decideRepository(who, facts, limits, context.now()) };
}

function only<One>(answers: readonly One[]): One {
  const [answer] = answers;
  if (answer === undefined) throw new Error('There is an answer for each name.');
  return answer;
}
