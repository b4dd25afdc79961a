import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ZodApp } from '../http/zod-app.ts';
import { authorizedPusher, existingRepository, repositoryToPushTo } from './guard.ts';
import { DistributionError } from '../http/distribution-error.ts';
import { AllowedBody } from './allowed-body.ts';
import { mountBlob } from './blob-mount.ts';
import { orRemoveUnused } from './garbage.ts';
import { splitDigest } from './names.ts';
import { parseUploadRange, uploadProgress } from './ranges.ts';
import type { Registry } from './registry.ts';
import { beginQuery, finishQuery, repositoryParams, repositoryPath, uploadParams } from './route-schemas.ts';
import type { UploadOwner } from './upload-records.ts';

const config = { access: { registry: 'push' } } as const;

/** Pushing blobs (OCI distribution specification 1.1, "Pushing blobs"). */
export function uploadRoutes(app: ZodApp, registry: Registry): void {
  const { uploads } = registry;
  const uploadsUrl = `${repositoryPath}/blobs/uploads`;
  const uploadUrl = `${uploadsUrl}/:upload`;
  const tags = ['registry'];

  beginRoutes(app, registry, uploadsUrl);

  app.get(
    uploadUrl,
    {
      config,
      exposeHeadRoute: false,
      schema: { summary: 'Ask how much has arrived', tags, params: uploadParams },
    },
    async (request, reply) => {
      const { name, upload } = request.params;
      const offset = await uploads.offset(uploadOwner(request), upload);
      return uploadState(reply.code(204), name, upload, offset);
    },
  );

  app.patch(
    uploadUrl,
    { config, schema: { summary: 'Push the next part of a blob', tags, params: uploadParams } },
    async (request, reply) => {
      const { name, upload } = request.params;
      const offset = await appendBody(registry, request, name, upload);
      return uploadState(reply.code(202), name, upload, offset);
    },
  );

  app.put(
    uploadUrl,
    {
      config,
      schema: {
        summary: 'Push the last part of a blob, if any is left, and prove its digest',
        tags,
        params: uploadParams,
        querystring: finishQuery,
      },
    },
    async (request, reply) => {
      const { name, upload } = request.params;
      const { digest } = request.query;
      await appendBody(registry, request, name, upload);
      await orRemoveUnused(registry, digest, () => uploads.finish(uploadOwner(request), upload, digest));
      return blobCreated(reply, name, digest);
    },
  );

  app.delete(
    uploadUrl,
    { config, schema: { summary: 'Cancel an upload', tags, params: uploadParams } },
    async (request, reply) => {
      await uploads.cancel(uploadOwner(request), request.params.upload);
      return reply.code(204).send();
    },
  );
}

/** Where uploads begin, and blobs are pushed at once or mounted. */
function beginRoutes(app: ZodApp, registry: Registry, uploadsUrl: string): void {
  // Without its last slash as well, which some clients leave out: a redirect would lose the body.
  for (const url of [`${uploadsUrl}/`, uploadsUrl]) {
    app.post(
      url,
      {
        config,
        schema: {
          summary: 'Begin an upload, push a blob at once, or mount another repository’s',
          hide: url === uploadsUrl,
          tags: ['registry'],
          params: repositoryParams,
          querystring: beginQuery,
        },
      },
      async (request, reply) => {
        const { digest, mount, from } = request.query;
        const { name } = request.params;
        if (mount !== undefined && (await mountBlob(registry, request, { digest: mount, from, to: name }))) {
          return blobCreated(reply, name, mount);
        }
        const owner = await newUploadOwner(registry, request);
        if (digest === undefined) {
          const id = await registry.uploads.begin(owner, request.query['digest-algorithm']);
          return uploadState(reply.code(202), name, id, 0);
        }
        await uploadAtOnce(registry, owner, request, digest);
        return blobCreated(reply, name, digest);
      },
    );
  }
}

async function newUploadOwner({ context }: Registry, request: FastifyRequest): Promise<UploadOwner> {
  const { id } = await repositoryToPushTo(context, request);
  return { repositoryId: id, principal: authorizedPusher(request) };
}

function uploadOwner(request: FastifyRequest): UploadOwner {
  return { repositoryId: existingRepository(request).id, principal: authorizedPusher(request) };
}

/** The client never learns the address of this upload, so nothing of it may stay when it fails. */
async function uploadAtOnce(
  registry: Registry,
  owner: UploadOwner,
  request: FastifyRequest,
  digest: string,
): Promise<void> {
  const { uploads } = registry;
  const length = chunkLength(request, 0, {});
  const id = await uploads.begin(owner, splitDigest(digest).algorithm);
  try {
    await receive(registry, request, owner, id, length);
  } catch (error) {
    // It may have ended by itself.
    await uploads.cancel(owner, id).catch(() => undefined);
    throw error;
  }
  await orRemoveUnused(registry, digest, () => uploads.finish(owner, id, digest));
}

/** Adds a request's body to an upload and gives the new offset; a chunk must begin where the last one ended. */
async function appendBody(
  registry: Registry,
  request: FastifyRequest,
  name: string,
  upload: string,
): Promise<number> {
  const { uploads } = registry;
  const owner = uploadOwner(request);
  const offset = await uploads.offset(owner, upload);
  const length = chunkLength(request, offset, uploadHeaders(name, upload, offset));
  return receive(registry, request, owner, upload, length);
}

/**
 * How many bytes a chunk brings, by its `Content-Range` or its `Content-Length`; null for a stream without either.
 *
 * @param offset - Where the upload stands, in bytes.
 * @param standing - Headers that say so.
 * @throws DistributionError 416 for a chunk that begins elsewhere or a header of another form, 400 for another length than
 *   the request's.
 */
function chunkLength(
  request: FastifyRequest,
  offset: number,
  standing: Readonly<Record<string, string>>,
): number | null {
  const header = request.headers['content-range'];
  const announced = announcedLength(request);
  if (header === undefined) return announced;
  const range = parseUploadRange(header);
  if (range === 'malformed') {
    const message =
      'Content-Range is not of the form that uploads have: the first and the last byte of the chunk, such as 0-9, ' +
      'without a unit before them and a size behind.';
    throw new DistributionError(416, 'BLOB_UPLOAD_INVALID', message, { headers: { ...standing } });
  }
  if (range?.start !== offset) {
    const message = 'The chunk does not begin where the upload stands, which the Range header tells.';
    throw new DistributionError(416, 'BLOB_UPLOAD_INVALID', message, { headers: { ...standing } });
  }
  const length = range.end - range.start + 1;
  if (announced !== null && announced !== length) {
    throw new DistributionError(400, 'SIZE_INVALID', 'Content-Length and Content-Range do not fit together.');
  }
  return length;
}

/** What `Content-Length` says, in bytes; null for a body in chunks. */
function announcedLength(request: FastifyRequest): number | null {
  const header = request.headers['content-length'];
  return header === undefined ? null : Number(header);
}

/** Adds a body, which may take its time. What came of a caller who was shut out meanwhile ends the upload. */
async function receive(
  { context, uploads }: Registry,
  request: FastifyRequest,
  owner: UploadOwner,
  upload: string,
  length: number | null,
): Promise<number> {
  const body = new AllowedBody(context, request);
  const received = uploads.append(owner, upload, body, length);
  await received.catch(() => undefined);
  try {
    await body.confirm();
  } catch (error) {
    // It may have ended by itself.
    await uploads.cancel(owner, upload).catch(() => undefined);
    throw error;
  }
  return received;
}

function uploadHeaders(name: string, upload: string, offset: number): Record<string, string> {
  return {
    location: `/v2/${name}/blobs/uploads/${upload}`,
    range: uploadProgress(offset),
    'docker-upload-uuid': upload,
  };
}

function uploadState(reply: FastifyReply, name: string, upload: string, offset: number): FastifyReply {
  return reply.headers(uploadHeaders(name, upload, offset)).send();
}

function blobCreated(reply: FastifyReply, name: string, digest: string): FastifyReply {
  return reply
    .code(201)
    .header('location', `/v2/${name}/blobs/${digest}`)
    .header('docker-content-digest', digest)
    .send();
}
