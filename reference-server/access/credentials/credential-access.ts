import type { z } from 'zod';
import type {
  CredentialAccess,
  credentialAccessQuerySchema,
} from '../../../contracts/server-api/access/credentials.ts';
import type { Explanation } from '../../../contracts/server-api/access/primitives.ts';
import type { Caller } from '../../auth/caller.ts';
import type { ServerContext } from '../../context.ts';
import { ApiError } from '../../http/api-error.ts';
import { toAccessPrincipal } from '../matrix/access-principals.ts';
import { readVersioned } from '../matrix/access-version.ts';
import { loadKnown } from '../matrix/administered.ts';
import { explainSubject, organizationOf } from '../matrix/explain.ts';
import { loadSetFacts } from '../matrix/set-facts.ts';
import { askerOf, repositoriesAccess, repositoryAccess } from '../repository-access.ts';
import type { RepositoryAccess } from '../repository-access.ts';
import { candidates } from '../repositories/repository-list.ts';
import { requireRepository } from '../require-right.ts';
import { requireCredential } from './asked-credential.ts';
import type { AskedCredential } from './asked-credential.ts';

/** As many as one look at the database decides about. */
const pageSize = 500;

/**
 * A page of the repositories on which the holder of a key or token may do anything, by name, with what it can do there and
 * what it is not good for: by the decision that guards the registry, with the limits that it is signed in with. A caller
 * is told of those that they administer; the holder of all that their own credential reaches; a key or token that asks
 * about itself, what it can do and nothing more.
 *
 * @throws ApiError 404 as `requireCredential`
 */
export async function listCredentialAccess(
  context: ServerContext,
  caller: Caller,
  { credential, limit, after }: z.output<typeof credentialAccessQuerySchema>,
): Promise<CredentialAccess> {
  const asked = await requireCredential(context, caller, credential);
  const holder = await toHolder(context, caller, asked);
  const principal = { ...asked.holder, kind: 'user' } as const;
  const repositories: CredentialAccess['repositories'] = [];
  for (let last: string | undefined = after; last !== undefined;) {
    const names: string[] = await candidates(context, principal, {}, last, pageSize);
    const found = await repositoriesAccess(context, { principal, limits: asked.limits }, names);
    const own = await repositoriesAccess(context, askerOf(caller), names);
    for (const [at, access] of found.entries()) {
      const shown = shownOf(asked, access, own[at]);
      if (shown === null) continue;
      if (repositories.length === limit) return { holder, repositories, next: repositories.at(-1)?.name };
      repositories.push(shown);
    }
    last = names.length < pageSize ? undefined : names.at(-1);
  }
  return { holder, repositories };
}

/** @param own - What the caller may do there, with the limits of their credential. */
function shownOf(
  { asker }: AskedCredential,
  { name, repository, actions, withheld }: RepositoryAccess,
  own: RepositoryAccess | undefined,
): CredentialAccess['repositories'][number] | null {
  if (repository === null || own === undefined || actions.size + withheld.size === 0) return null;
  const isShown = asker === 'other' ? own.actions.has('admin') : own.actions.size > 0;
  if (!isShown) return null;
  const kept = asker === 'itself' ? [] : [...withheld];
  return { name, public: repository.public, actions: [...actions], withheld: kept };
}

/** Nobody has a role or a group in it. */
const noOrganization = { id: '', slug: '', known: new Set<string>() };

/** Whom it belongs to, as a member of an API key's organization. */
async function toHolder(
  context: ServerContext,
  caller: Caller,
  { holder, org }: AskedCredential,
): Promise<CredentialAccess['holder']> {
  const shown = org === null ? noOrganization : { ...org, known: await loadKnown(context, caller, org.slug) };
  return toAccessPrincipal(holder, await loadSetFacts(context, shown, [holder], []));
}

/**
 * What a key or token can do on a repository and why: for its holder where they may read it, for others as
 * `requireCredential` has them where they administer it. A key or token that asks about itself and does not administer it is
 * not told: reasons name people and groups that it may not be good for.
 *
 * @throws ApiError 404 for the key or token; 403, 404 for the repository
 */
export async function explainCredential(
  context: ServerContext,
  caller: Caller,
  { credential, repository: name }: { credential: string; repository: string },
): Promise<Explanation> {
  const { value, version } = await readVersioned(context, async (now) => {
    const { holder, limits, asker } = await requireCredential(context, caller, credential);
    const needed = asker === 'other' ? 'admin' : 'read';
    const repository = await requireRepository(context, caller, name, needed);
    if (asker === 'itself') await requireAdmin(context, caller, name);
    const org = await organizationOf(context, caller, name);
    return explainSubject(context, org, { subject: holder, limits }, repository, now);
  });
  return { ...value, version };
}

async function requireAdmin(context: ServerContext, caller: Caller, name: string): Promise<void> {
  const { actions } = await repositoryAccess(context, askerOf(caller), name);
  if (actions.has('admin')) return;
  throw new ApiError('scope_insufficient', 'Sign in, or use a key, to see why.');
}
