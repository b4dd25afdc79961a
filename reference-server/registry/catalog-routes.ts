import type { ServerContext } from '../context.ts';
import { listRepositories } from '../access/repositories/repository-list.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { catalogAnswer, catalogQuery } from './route-schemas.ts';

/**
 * The repositories that the caller may pull, in the order of their names' bytes. The specification leaves the address
 * to what registries did before there was one; `podman search` and `oras repo ls` ask there.
 */
export function catalogRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    '/v2/_catalog',
    {
      config: { access: { registry: 'catalog' } },
      schema: {
        summary: 'List the repositories that the caller may pull',
        tags: ['registry'],
        querystring: catalogQuery,
        response: { 200: catalogAnswer },
      },
    },
    async (request, reply) => {
      const { n, last } = request.query;
      if (n === 0) return { repositories: [] };
      const principal = request.registryCaller?.principal ?? null;
      const { repositories, next } = await listRepositories(
        context,
        { principal, limits: null },
        { limit: n, after: last },
      );
      if (next !== undefined) {
        const query = new URLSearchParams({ n: String(n), last: next });
        reply.header('link', `</v2/_catalog?${query.toString()}>; rel="next"`);
      }
      return { repositories: repositories.map(({ name }) => name) };
    },
  );
}
