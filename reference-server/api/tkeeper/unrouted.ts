import type { FastifyReply, FastifyRequest } from 'fastify';
import { methodsAt } from '../../access/route-access.ts';
import type { DeclaredRoute } from '../../access/route-access.ts';
import { keeperPrefixV2 } from '../../../contracts/server-api/tkeeper/control.ts';
import { KeeperError } from '../../http/keeper-error.ts';
import type { ZodApp } from '../../http/zod-app.ts';

/**
 * Refuses an address of the keeper that no route takes.
 *
 * @param routes - All of the server's.
 */
export function refuseUnrouted(
  { url }: FastifyRequest,
  reply: FastifyReply,
  routes: readonly DeclaredRoute[],
): FastifyReply {
  const methods = methodsAt(
    routes.filter(({ access }) => access !== 'public'),
    url,
  );
  if (methods.length > 0) reply.header('allow', methods.join(', '));
  const error =
    methods.length > 0
      ? new KeeperError('METHOD_NOT_ALLOWED', 'This address does not take that method.')
      : new KeeperError('NOT_FOUND', 'There is nothing at this address.');
  return reply.code(error.status).send(error.toBody());
}

/** Answers to everything under `/v2/keeper` that has no route: else the registry would take it for a repository. */
export function unroutedKeeper(app: ZodApp, routes: readonly DeclaredRoute[]): void {
  for (const url of [keeperPrefixV2, `${keeperPrefixV2}/*`]) {
    app.all(url, { config: { access: 'public' }, schema: { hide: true } }, (request, reply) =>
      refuseUnrouted(request, reply, routes),
    );
  }
}
