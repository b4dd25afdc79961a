import type { ZodApp } from '../http/zod-app.ts';
import { authorizedCaller } from './guard.ts';
import type { Registry } from './registry.ts';
import { listReferrers } from './repository-content.ts';
import type { Referrer } from './repository-content.ts';
import { blobParams, referrersQuery, repositoryPath } from './route-schemas.ts';

const indexType = 'application/vnd.oci.image.index.v1+json';

/** What is about a manifest, such as its signatures (OCI distribution specification 1.1, "Listing Referrers"). */
export function referrersRoutes(app: ZodApp, { context }: Registry): void {
  app.get(
    `${repositoryPath}/referrers/:digest`,
    {
      config: { access: { registry: 'pull' } },
      schema: {
        summary: 'List the manifests that are about another one',
        tags: ['registry'],
        params: blobParams,
        querystring: referrersQuery,
      },
    },
    async (request, reply) => {
      const { name, digest } = request.params;
      const { artifactType = null, last } = request.query;
      const { repository } = authorizedCaller(request).access;
      // Also where the name holds nothing yet: from a 404 clients conclude that no list is kept here at all.
      const { referrers, more } =
        repository === null
          ? { referrers: [], more: false }
          : await listReferrers(context.db, repository.id, digest, { artifactType, after: last });
      const end = referrers.at(-1);
      if (more && end !== undefined) {
        const query = new URLSearchParams({
          ...(artifactType === null ? {} : { artifactType }),
          last: end.digest,
        });
        const path = `/v2/${name}/referrers/${digest}?${query.toString()}`;
        reply.header('link', `<${path}>; rel="next"`);
      }
      if (artifactType !== null) reply.header('oci-filters-applied', 'artifactType');
      const index = { schemaVersion: 2, mediaType: indexType, manifests: referrers.map(toDescriptor) };
      // As bytes, so that no charset is added to the type.
      return reply.header('content-type', indexType).send(Buffer.from(JSON.stringify(index)));
    },
  );
}

function toDescriptor({ digest, mediaType, size, artifactType, annotations }: Referrer) {
  return {
    mediaType,
    digest,
    size,
    ...(artifactType === null ? {} : { artifactType }),
    ...(annotations === null ? {} : { annotations }),
  };
}
