import type { FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { actorOf } from '../access/route-access.ts';
import type { Reader } from '../db/write.ts';
import { authorizedCaller, authorizedPusher, confirmRights, repositoryToPushTo } from './guard.ts';
import { requireConditions } from './content-conditions.ts';
import { DistributionError, digestInvalid } from '../http/distribution-error.ts';
import { orRemoveUnused } from './garbage.ts';
import { manifestInvalid, maxManifestSize, parseManifest } from './manifest-document.ts';
import { requireContents, requireReferences } from './manifest-parts.ts';
import { isTag, parseReference, splitDigest } from './names.ts';
import type { Reference } from './names.ts';
import { repositoryEvent } from './registry-audit.ts';
import type { Registry } from './registry.ts';
import { findManifest, saveManifest } from './repository-content.ts';

/** What a manifest is pushed by: the digest that it must have, if one was named, and the tags it gets. */
interface PushTarget {
  reference: Reference;
  digest: string | null;
  tags: string[];
}

/** Drafts after the distribution specification 1.1 ask for ten at least. */
export const maxPushedTags = 100;

/**
 * Reads what a request pushes by.
 *
 * @param text - The last part of its address.
 * @param parameters - Its parameters named `tag`.
 * @throws DistributionError 400, 414 for too many tags.
 */
export function pushTarget(request: FastifyRequest, text: string, parameters: readonly string[]): PushTarget {
  const target = readTarget(text, parameters);
  requireOneTarget(request, target);
  return target;
}

function readTarget(text: string, parameters: readonly string[]): PushTarget {
  const reference = parseReference(text);
  if (reference === 'bad-digest') throw digestInvalid(text);
  if (reference === 'bad-tag' || !parameters.every(isTag)) {
    throw manifestInvalid(
      'A tag has 1 to 128 letters, digits, _, . or -, and begins with none of the last two.',
    );
  }
  if (parameters.length > maxPushedTags) {
    const message = `At most ${String(maxPushedTags)} tags can be pushed at once. Push the others with another request.`;
    throw new DistributionError(414, 'UNSUPPORTED', message);
  }
  if (reference.kind === 'digest')
    return { reference, digest: reference.digest, tags: [...new Set(parameters)] };
  if (parameters.length === 0) return { reference, digest: null, tags: [reference.tag] };
  throw new DistributionError(
    400,
    'UNSUPPORTED',
    'Parameters named tag go with a push by digest, not by tag.',
  );
}

/** A condition is about what the address names, and not about tags in parameters. */
function requireOneTarget({ headers }: FastifyRequest, { digest, tags }: PushTarget): void {
  if (digest === null || tags.length === 0) return;
  if (headers['if-match'] === undefined && headers['if-none-match'] === undefined) return;
  const message = 'A condition goes with a push to one tag: push by that tag, not by digest with parameters.';
  throw new DistributionError(400, 'UNSUPPORTED', message);
}

/**
 * Stores a manifest whose parts are all there, and points the tags to it.
 *
 * @returns Its digest, and that of the manifest that it is about.
 * @throws DistributionError
 */
export async function pushManifest(
  registry: Registry,
  request: FastifyRequest,
  target: PushTarget,
): Promise<{ digest: string; subject: string | null }> {
  const { context, blobs, quota } = registry;
  const content = await readLimited(request.raw, maxManifestSize);
  await confirmRights(request);
  const digest = provedDigest(content, target.digest);
  const parsed = parseManifest(content, request.headers['content-type']);
  // Before a repository is made for a manifest that is refused.
  const repositoryId = authorizedCaller(request).access.repository?.id ?? '';
  await requireReferences(context.db, repositoryId, parsed.references);
  await requireContents(blobs, parsed.references);
  requireConditions(request, await digestAt(context.db, repositoryId, target.reference));
  const repository = await repositoryToPushTo(context, request);
  const manifest = { digest, size: content.length, parsed };
  const store = () =>
    blobs.alone(digest, async () => {
      await blobs.writeSmall(digest, content);
      await context.write(actorOf(request), async (tx, audit) => {
        // Once more in the transaction: a part may have been deleted, or another push may have come first.
        await requireReferences(tx, repository.id, parsed.references);
        requireConditions(request, await digestAt(tx, repository.id, target.reference));
        await saveManifest(tx, repository.id, manifest, target.tags, context.now());
        const pushed = target.tags.length === 0 ? [{ digest }] : target.tags.map((tag) => ({ digest, tag }));
        for (const details of pushed) {
          audit(repositoryEvent(request, 'registry.manifest_pushed', details));
        }
      });
    });
  await orRemoveUnused(registry, digest, () => quota.withRoom(repository.id, manifest, store));
  context.repositoryUses.note('pushed_at', authorizedPusher(request).id, repository.id);
  return { digest, subject: parsed.subject };
}

/** The digest of what a push replaces or repeats; null when there is nothing. */
async function digestAt(db: Reader, repositoryId: string, reference: Reference): Promise<string | null> {
  return (await findManifest(db, repositoryId, reference))?.digest ?? null;
}

function provedDigest(content: Uint8Array, claimed: string | null): string {
  const { algorithm } = splitDigest(claimed ?? 'sha256:');
  const digest = `${algorithm}:${createHash(algorithm).update(content).digest('hex')}`;
  if (claimed === null || claimed === digest) return digest;
  const message = 'The manifest does not have the digest it was pushed by.';
  throw new DistributionError(400, 'DIGEST_INVALID', message, { detail: { digest: claimed } });
}

/** Reads a body that is not too large. @throws DistributionError 413, without reading on. */
async function readLimited(source: IncomingMessage, limit: number): Promise<Buffer> {
  const message = `A manifest has at most ${String(limit)} bytes.`;
  const tooLarge = new DistributionError(413, 'SIZE_INVALID', message);
  if (Number(source.headers['content-length'] ?? 0) > limit) throw tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
