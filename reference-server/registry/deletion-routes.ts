import { actorOf } from '../access/route-access.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { existingRepository } from './guard.ts';
import { requireConditions } from './content-conditions.ts';
import { blobUnknown, DistributionError } from '../http/distribution-error.ts';
import { removeUnused } from './garbage.ts';
import { manifestUnknown, requestedManifest } from './manifest-routes.ts';
import { parseReference } from './names.ts';
import { repositoryEvent } from './registry-audit.ts';
import type { Registry } from './registry.ts';
import { deleteBlobLink, deleteManifest, deleteTag, findManifest, hasBlob } from './repository-content.ts';
import { blobParams, manifestParams, repositoryPath } from './route-schemas.ts';

const config = { access: { registry: 'delete' } } as const;
const tags = ['registry'];

/** Deleting tags, manifests and blobs (OCI distribution specification 1.1, "Content Management"). */
export function deletionRoutes(app: ZodApp, registry: Registry): void {
  const { context } = registry;

  app.delete(
    `${repositoryPath}/manifests/:reference`,
    {
      config,
      schema: { summary: 'Delete a tag, or a manifest with all its tags', tags, params: manifestParams },
    },
    async (request, reply) => {
      const { reference: text } = request.params;
      const { id } = existingRepository(request);
      const manifest = await requestedManifest(registry, request, text);
      const reference = parseReference(text);
      await context.write(actorOf(request), async (tx, audit) => {
        if (typeof reference === 'object' && reference.kind === 'tag') {
          const current = await findManifest(tx, id, reference);
          if (current === null) throw manifestUnknown(text);
          requireConditions(request, current.digest);
          await deleteTag(tx, id, reference.tag);
          const details = { tag: reference.tag, digest: current.digest };
          audit(repositoryEvent(request, 'registry.tag_deleted', details));
          return;
        }
        if (!(await deleteManifest(tx, id, manifest.digest))) throw manifestUnknown(text);
        requireConditions(request, manifest.digest);
        const details = { digest: manifest.digest };
        audit(repositoryEvent(request, 'registry.manifest_deleted', details));
      });
      await removeUnused(registry, manifest.digest);
      return reply.code(202).send();
    },
  );

  app.delete(
    `${repositoryPath}/blobs/:digest`,
    { config, schema: { summary: 'Delete a blob that no manifest needs', tags, params: blobParams } },
    async (request, reply) => {
      const { digest } = request.params;
      const { id } = existingRepository(request);
      await context.write(actorOf(request), async (tx, audit) => {
        if (!(await hasBlob(tx, id, digest))) {
          throw blobUnknown(digest);
        }
        if (!(await deleteBlobLink(tx, id, digest))) {
          throw new DistributionError(
            405,
            'UNSUPPORTED',
            'A manifest of this repository needs the blob: delete the manifest first.',
            { detail: { digest }, headers: { allow: 'GET, HEAD' } },
          );
        }
        requireConditions(request, digest);
        audit(repositoryEvent(request, 'registry.blob_deleted', { digest }));
      });
      await removeUnused(registry, digest);
      return reply.code(202).send();
    },
  );
}
