import type { FastifyReply } from 'fastify';
import { entityTag, rangeCounts } from '../http/preconditions.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { existingRepository } from './guard.ts';
import { isUnmodified, sendUnmodified } from './content-conditions.ts';
import { blobUnknown, DistributionError } from '../http/distribution-error.ts';
import { parseDownloadRange } from './ranges.ts';
import type { Registry } from './registry.ts';
import { hasBlob } from './repository-content.ts';
import { blobParams, repositoryPath } from './route-schemas.ts';
import { sendPart } from './send-content.ts';

/** Pulling blobs (OCI distribution specification 1.1, "Pulling blobs" and "Checking if content exists"). */
export function blobRoutes(app: ZodApp, { context, blobs }: Registry): void {
  const url = `${repositoryPath}/blobs/:digest`;
  const config = { access: { registry: 'pull' } } as const;

  async function sizeOf(repositoryId: string, digest: string): Promise<number> {
    const size = (await hasBlob(context.db, repositoryId, digest)) ? await blobs.size(digest) : null;
    if (size === null) throw blobUnknown(digest);
    return size;
  }

  app.head(
    url,
    {
      config,
      schema: { summary: 'Ask whether a repository has a blob', tags: ['registry'], params: blobParams },
    },
    async (request, reply) => {
      const { digest } = request.params;
      const size = await sizeOf(existingRepository(request).id, digest);
      if (isUnmodified(request, digest)) return sendUnmodified(reply, digest);
      return describeBlob(reply, digest).header('content-length', size).send();
    },
  );

  app.get(
    url,
    {
      config,
      exposeHeadRoute: false,
      schema: { summary: 'Pull a blob, or one range of it', tags: ['registry'], params: blobParams },
    },
    async (request, reply) => {
      const { digest } = request.params;
      const size = await sizeOf(existingRepository(request).id, digest);
      if (isUnmodified(request, digest)) return sendUnmodified(reply, digest);
      const range = rangeCounts(request, entityTag(digest))
        ? parseDownloadRange(request.headers.range, size)
        : 'whole';
      if (range === 'unsatisfiable') {
        describeBlob(reply, digest);
        throw new DistributionError(416, 'SIZE_INVALID', 'The range lies behind the end of the blob.', {
          headers: { 'content-range': `bytes */${String(size)}` },
        });
      }
      const file = await blobs.open(digest);
      if (file === null) throw blobUnknown(digest);
      describeBlob(reply, digest);
      if (range === 'whole') {
        await sendPart(reply, file, { start: 0, end: size - 1 });
        return reply;
      }
      const { start, end } = range;
      reply.code(206).header('content-range', `bytes ${String(start)}-${String(end)}/${String(size)}`);
      await sendPart(reply, file, range);
      return reply;
    },
  );
}

function describeBlob(reply: FastifyReply, digest: string): FastifyReply {
  return reply
    .header('content-type', 'application/octet-stream')
    .header('docker-content-digest', digest)
    .header('etag', entityTag(digest))
    .header('accept-ranges', 'bytes');
}
