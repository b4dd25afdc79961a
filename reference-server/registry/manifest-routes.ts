import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Kysely, Transaction } from 'kysely';
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { cutPage } from '../cut-page.ts';
import type { Database } from '../db/schema.ts';
import { ensureRepository } from '../identity/access.ts';
import { entityTag } from '../preconditions.ts';
import type { ZodApp } from '../zod-app.ts';
import { authorizedCaller, authorizedPusher, confirmRights, existingRepository } from './authorization.ts';
import { sendPart } from './blob-routes.ts';
import type { BlobStore } from './blob-store.ts';
import { appendAudit } from './registry-audit.ts';
import { isUnmodified, requireConditions, sendUnmodified } from './content-conditions.ts';
import { DistributionError, digestInvalid } from './distribution-error.ts';
import { manifestInvalid, maxManifestSize, parseManifest } from './manifest-document.ts';
import { requireContents, requireReferences } from './manifest-parts.ts';
import { isTag, parseReference, splitDigest } from './names.ts';
import type { Reference } from './names.ts';
import type { Registry } from './registry.ts';
import { findManifest, listTags, saveManifest } from './repository-content.ts';
import type { StoredManifest } from './repository-content.ts';
import { maxSmall } from './small-contents.ts';
import { orRemoveUnused } from './garbage.ts';
import {
  manifestParams,
  pushQuery,
  repositoryParams,
  repositoryPath,
  tagsAnswer,
  tagsQuery,
} from './route-schemas.ts';

/** Pulling and pushing manifests, listing tags and referrers (OCI distribution specification 1.1). */
export function manifestRoutes(app: ZodApp, registry: Registry): void {
  const url = `${repositoryPath}/manifests/:reference`;
  const tags = ['registry'];

  app.head(
    url,
    {
      config: { registry: 'pull' },
      schema: { summary: 'Ask whether a repository has a manifest', tags, params: manifestParams },
    },
    async (request, reply) => {
      const { reference } = request.params;
      const manifest = await requestedManifest(registry, request, reference);
      if ((await registry.blobs.size(manifest.digest)) === null) throw manifestUnknown(reference);
      if (isUnmodified(request, manifest.digest)) return sendUnmodified(reply, manifest.digest);
      return describeManifest(reply, manifest).header('content-length', manifest.size).send();
    },
  );

  app.get(
    url,
    {
      config: { registry: 'pull' },
      exposeHeadRoute: false,
      schema: { summary: 'Pull a manifest by tag or digest', tags, params: manifestParams },
    },
    async (request, reply) => {
      const { reference } = request.params;
      const manifest = await requestedManifest(registry, request, reference);
      if (isUnmodified(request, manifest.digest)) {
        if ((await registry.blobs.size(manifest.digest)) === null) throw manifestUnknown(reference);
        return sendUnmodified(reply, manifest.digest);
      }
      return sendManifest(registry.blobs, describeManifest(reply, manifest), manifest, reference);
    },
  );

  app.put(
    url,
    {
      config: { registry: 'push' },
      schema: {
        summary: 'Push a manifest by tag, or by digest with tags as parameters',
        tags,
        params: manifestParams,
        querystring: pushQuery,
      },
    },
    async (request, reply) => {
      const { name, reference } = request.params;
      const target = pushTarget(reference, request.query.tag);
      requireOneTarget(request, target);
      const { digest, subject } = await pushManifest(registry, request, name, target);
      // Tells clients that the parameters were understood: else they push each tag themselves.
      if (target.digest !== null && target.tags.length > 0) reply.header('oci-tag', target.tags);
      // Tells clients that they need not keep the list of referrers themselves.
      if (subject !== null) reply.header('oci-subject', subject);
      return reply
        .code(201)
        .header('location', `/v2/${name}/manifests/${digest}`)
        .header('docker-content-digest', digest)
        .send();
    },
  );

  app.get(
    `${repositoryPath}/tags/list`,
    {
      config: { registry: 'pull' },
      schema: {
        summary: 'List the tags of a repository',
        tags,
        params: repositoryParams,
        querystring: tagsQuery,
        response: { 200: tagsAnswer },
      },
    },
    async (request, reply) => {
      const { n, last } = request.query;
      const { name } = request.params;
      const found = await listTags(registry.context.db, existingRepository(request).id, last, n + 1);
      const { page, end } = cutPage(found, n);
      if (end !== undefined) {
        reply.header('link', `</v2/${name}/tags/list?n=${String(n)}&last=${end}>; rel="next"`);
      }
      return { name, tags: page };
    },
  );
}

/** The manifest that an address names. @throws DistributionError 400 for a bad digest, 404 for what is not there. */
export async function requestedManifest(
  { context, manifests }: Registry,
  request: FastifyRequest,
  text: string,
): Promise<StoredManifest> {
  const reference = parseReference(text);
  if (reference === 'bad-digest') throw digestInvalid(text);
  if (reference === 'bad-tag') throw manifestUnknown(text);
  const { id } = existingRepository(request);
  const find = async () => (await findManifest(context.db, id, reference)) ?? null;
  const manifest = await manifests.get(`${id} ${text}`, find);
  if (manifest === null) throw manifestUnknown(text);
  return manifest;
}

export function manifestUnknown(reference: string): DistributionError {
  return new DistributionError(
    404,
    'MANIFEST_UNKNOWN',
    'The repository has no manifest of this tag or digest.',
    {
      detail: { reference },
    },
  );
}

function describeManifest(reply: FastifyReply, { digest, mediaType }: StoredManifest): FastifyReply {
  return reply
    .header('content-type', mediaType)
    .header('docker-content-digest', digest)
    .header('etag', entityTag(digest));
}

async function sendManifest(
  blobs: BlobStore,
  reply: FastifyReply,
  { digest, size }: StoredManifest,
  reference: string,
): Promise<FastifyReply> {
  if (size <= maxSmall) {
    const content = await blobs.readSmall(digest);
    if (content === null) throw manifestUnknown(reference);
    return reply.send(content);
  }
  if ((await blobs.size(digest)) === null) throw manifestUnknown(reference);
  await sendPart(reply, await blobs.open(digest), { start: 0, end: size - 1 });
  return reply;
}

/** What a manifest is pushed by: the digest that it must have, if one was named, and the tags it gets. */
interface PushTarget {
  reference: Reference;
  digest: string | null;
  tags: string[];
}

/** Drafts after the distribution specification 1.1 ask for ten at least. */
const maxPushedTags = 100;

function pushTarget(text: string, parameters: readonly string[]): PushTarget {
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

/** A condition is on what the address names, and would say nothing of the tags in parameters. */
function requireOneTarget({ headers }: FastifyRequest, { digest, tags }: PushTarget): void {
  if (digest === null || tags.length === 0) return;
  if (headers['if-match'] === undefined && headers['if-none-match'] === undefined) return;
  const message = 'A condition goes with a push to one tag: push by that tag, not by digest with parameters.';
  throw new DistributionError(400, 'UNSUPPORTED', message);
}

/** Stores a manifest whose parts are all there, points the tags to it, and gives its digest and what it is about. */
async function pushManifest(
  registry: Registry,
  request: FastifyRequest,
  name: string,
  target: PushTarget,
): Promise<{ digest: string; subject: string | null }> {
  const { context, blobs, quota } = registry;
  const content = await readLimited(request.raw, maxManifestSize);
  await confirmRights(request);
  const digest = provedDigest(content, target.digest);
  const parsed = parseManifest(content, request.headers['content-type']);
  const principal = authorizedPusher(request);
  // Before anything is made for a manifest that is refused.
  const repositoryId = authorizedCaller(request).access.repository?.id ?? '';
  await requireReferences(context.db, repositoryId, parsed.references);
  await requireContents(blobs, parsed.references);
  requireConditions(request, await digestAt(context.db, repositoryId, target.reference));
  const repository = await ensureRepository(context, principal, name);
  const manifest = { digest, size: content.length, parsed };
  const store = () =>
    blobs.alone(digest, async () => {
      await blobs.writeSmall(digest, content);
      await context.db.transaction().execute(async (transaction) => {
        // In the transaction, so that no part can be deleted between the look and the record of its use, and no other
        // push comes before this one.
        await requireReferences(transaction, repository.id, parsed.references);
        requireConditions(request, await digestAt(transaction, repository.id, target.reference));
        await saveManifest(transaction, repository.id, manifest, target.tags, context.now());
        const pushed = target.tags.length === 0 ? [{ digest }] : target.tags.map((tag) => ({ digest, tag }));
        for (const details of pushed) {
          await appendAudit(context, request, 'registry.manifest_pushed', details, transaction);
        }
      });
    });
  await orRemoveUnused(registry, digest, () => quota.withRoom(repository.id, manifest, store));
  return { digest, subject: parsed.subject };
}

/** The digest of what a push replaces or repeats; null when there is nothing. */
async function digestAt(
  db: Kysely<Database> | Transaction<Database>,
  repositoryId: string,
  reference: Reference,
): Promise<string | null> {
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
