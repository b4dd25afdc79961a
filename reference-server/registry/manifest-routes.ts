import type { FastifyReply, FastifyRequest, onResponseHookHandler } from 'fastify';
import { entityTag } from '../http/preconditions.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { existingRepository } from './guard.ts';
import type { BlobStore } from './blob-store.ts';
import { isUnmodified, sendUnmodified } from './content-conditions.ts';
import { DistributionError, digestInvalid } from '../http/distribution-error.ts';
import { pushManifest, pushTarget } from './manifest-push.ts';
import { parseReference } from './names.ts';
import type { Registry } from './registry.ts';
import { findManifest } from './repository-content.ts';
import type { StoredManifest } from './repository-content.ts';
import { sendPart } from './send-content.ts';
import { maxSmall } from './small-contents.ts';
import { manifestParams, pushQuery, repositoryPath } from './route-schemas.ts';

/** Pulling and pushing manifests (OCI distribution specification 1.1). */
export function manifestRoutes(app: ZodApp, registry: Registry): void {
  const url = `${repositoryPath}/manifests/:reference`;
  const tags = ['registry'];

  app.head(
    url,
    {
      config: { access: { registry: 'pull' } },
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
      config: { access: { registry: 'pull' } },
      exposeHeadRoute: false,
      onResponse: notesPull(registry),
      schema: { summary: 'Pull a manifest by tag or digest', tags, params: manifestParams },
    },
    async (request, reply) => {
      const { reference } = request.params;
      const manifest = await requestedManifest(registry, request, reference);
      if (isUnmodified(request, manifest.digest)) {
        if ((await registry.blobs.size(manifest.digest)) === null) throw manifestUnknown(reference);
        return sendUnmodified(reply, manifest.digest);
      }
      return sendManifest(registry.blobs, reply, manifest, reference);
    },
  );

  app.put(
    url,
    {
      config: { access: { registry: 'push' } },
      schema: {
        summary: 'Push a manifest by tag, or by digest with tags as parameters',
        tags,
        params: manifestParams,
        querystring: pushQuery,
      },
    },
    async (request, reply) => {
      const { name, reference } = request.params;
      const target = pushTarget(request, reference, request.query.tag);
      const { digest, subject } = await pushManifest(registry, request, target);
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
}

/** A pull counts once its manifest was sent to the end; who has it already is sent none. */
function notesPull({ context }: Registry): onResponseHookHandler {
  return ({ registryCaller, registryAccess }, { statusCode }, done) => {
    const [principal, repository] = [registryCaller?.principal ?? null, registryAccess?.repository ?? null];
    if (statusCode === 200 && principal !== null && repository !== null) {
      context.repositoryUses.note('pulled_at', principal.id, repository.id);
    }
    done();
  };
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
  const manifest = await manifests.get(`${id} ${text}`, () => findManifest(context.db, id, reference));
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
  manifest: StoredManifest,
  reference: string,
): Promise<FastifyReply> {
  const { digest, size } = manifest;
  if (size <= maxSmall) {
    const content = await blobs.readSmall(digest);
    if (content === null) throw manifestUnknown(reference);
    return describeManifest(reply, manifest).send(content);
  }
  const file = (await blobs.size(digest)) === null ? null : await blobs.open(digest);
  if (file === null) throw manifestUnknown(reference);
  await sendPart(describeManifest(reply, manifest), file, { start: 0, end: size - 1 });
  return reply;
}
