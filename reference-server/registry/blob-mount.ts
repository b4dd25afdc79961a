import type { FastifyRequest } from 'fastify';
import { isRepositoryName } from '../../contracts/domain/repository-name.ts';
import { ensureRepository, repositoryAccess } from '../access/access.ts';
import { readableRepositories } from '../identity/repositories.ts';
import { accessAllows, authorizedCaller, authorizedPusher, challenge } from './authorization.ts';
import { isDigest } from './names.ts';
import { tokenAllows } from './registry-token.ts';
import type { Registry } from './registry.ts';
import { hasBlob, linkBlob } from './repository-content.ts';
import { formatScope } from './scopes.ts';

/** Which blob is to become part of which repository; without `from`, of whichever the caller may read. */
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
    const target = await ensureRepository(context, authorizedPusher(request), to);
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
  const source = await repositoryAccess(context, caller.principal, from);
  if (source.repository === null || !accessAllows(source, 'pull')) return null;
  if (!tokenAllows(caller, from, 'pull')) {
    const scopes = [formatScope(to, ['pull', 'push']), formatScope(from, ['pull'])];
    throw challenge(context, scopes, 'insufficient_scope', `The token does not allow to pull from ${from}.`);
  }
  return source.repository.id;
}

/**
 * A repository that has the blob and that the caller may read. The caller's rights decide, not the token, which can
 * only name repositories that its client knows of; what the caller may not read is as if it were not there.
 */
async function anySource(
  { context }: Registry,
  request: FastifyRequest,
  digest: string,
): Promise<string | null> {
  const { principal } = authorizedCaller(request).caller;
  const rows = await readableRepositories(context, principal)
    .innerJoin('registry_blobs', 'registry_blobs.repository_id', 'repositories.id')
    .select('full_name')
    .where('digest', '=', digest)
    .execute();
  for (const { full_name: name } of rows) {
    const access = await repositoryAccess(context, principal, name);
    if (access.repository !== null && accessAllows(access, 'pull')) return access.repository.id;
  }
  return null;
}
