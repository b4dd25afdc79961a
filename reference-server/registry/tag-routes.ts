import { cutPage } from '../db/cut-page.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { existingRepository } from './guard.ts';
import type { Registry } from './registry.ts';
import { listTags } from './repository-content.ts';
import { repositoryParams, repositoryPath, tagsAnswer, tagsQuery } from './route-schemas.ts';

/** Listing tags (OCI distribution specification 1.1, "Listing Tags"). */
export function tagRoutes(app: ZodApp, { context }: Registry): void {
  app.get(
    `${repositoryPath}/tags/list`,
    {
      config: { access: { registry: 'pull' } },
      schema: {
        summary: 'List the tags of a repository',
        tags: ['registry'],
        params: repositoryParams,
        querystring: tagsQuery,
        response: { 200: tagsAnswer },
      },
    },
    async (request, reply) => {
      const { n, last } = request.query;
      const { name } = request.params;
      const found = await listTags(context.db, existingRepository(request).id, last, n + 1);
      const { page, end } = cutPage(found, n);
      if (end !== undefined) {
        reply.header('link', `</v2/${name}/tags/list?n=${String(n)}&last=${end}>; rel="next"`);
      }
      return { name, tags: page };
    },
  );
}
