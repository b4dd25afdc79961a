import type { FastifyRequest } from 'fastify';
import { isRepositoryName } from '../../contracts/domain/repository-name.ts';
import { repositoriesAccess, repositoryAccess } from '../access/repository-access.ts';
import { authorizedCaller, challenge, repositoryToPushTo } from './guard.ts';
import { isDigest } from './names.ts';
import type { Registry } from './registry.ts';
import { hasBlob, linkBlob } from './repository-content.ts';
import { formatScope } from './scopes.ts';

/** Which blob is to become part of which repository; without `from`, it may come from any that the token names. */
interface Mount {
  digest: string;
  from: string | undefined;
  to: string;
}

/**
 * Makes another repository's blob part of this one (OCI distribution specification 1.1, "Mounting a blob from another
 * repository").
 *
 * @returns false when that cannot be: the client then uploads the blob.
 * @throws DistributionError 401 naming both scopes when only the token stands in the way of the repository in `from`.
 */
export async function mountBlob(
  registry: Registry,
  request: FastifyRequest,
  { digest, from, to }: Mount,
): Promise<boolean> {
  const { context, blobs, quota } = registry;
  if (!isDigest(digest)) return false;
  const sourceId = await (from === undefined
    ? anySource(registry, request, digest)
    : namedSource(registry, request, from, to));
  if (sourceId === null) return false;
  return blobs.alone(digest, async () => {
    const size = (await hasBlob(context.db, sourceId, digest)) ? await blobs.size(digest) : null;
    if (size === null) return false;
    const target = await repositoryToPushTo(context, request);
    await quota.withRoom(target.id, { digest, size }, () =>
      context.write({}, (tx) => linkBlob(tx, target.id, { digest, size }, context.now())),
    );
    return true;
  });
}

async function namedSource(
  { context }: Registry,
  request: FastifyRequest,
  from: string,
  to: string,
): Promise<string | null> {
  if (!isRepositoryName(from)) return null;
  const { caller } = authorizedCaller(request);
  const { repository, actions, withheld } = await repositoryAccess(context, caller, from);
  if (repository === null) return null;
  if (withheld.has('read')) {
    const scopes = [formatScope(to, ['pull', 'push']), formatScope(from, ['pull'])];
    throw challenge(context, scopes, 'insufficient_scope', `The token does not allow to pull from ${from}.`);
  }
  return actions.has('read') ? repository.id : null;
}

/** A repository that has the blob, among those that the token names and the caller may read. */
async function anySource(
  { context }: Registry,
  request: FastifyRequest,
  digest: string,
): Promise<string | null> {
  const { caller } = authorizedCaller(request);
  const named = await repositoriesAccess(context, caller, [...caller.limits.repositories.keys()]);
  for (const { repository, actions } of named) {
    if (repository === null || !actions.has('read')) continue;
    if (await hasBlob(context.db, repository.id, digest)) return repository.id;
  }
  return null;
}
