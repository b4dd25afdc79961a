import type { FastifyRequest } from 'fastify';
import { isRepositoryName } from '../../contracts/domain/repository-name.ts';
import { methodsAt } from '../access/route-access.ts';
import type { DeclaredRoute } from '../access/route-access.ts';
import { pathInRegistry } from '../http/repository-address.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { DistributionError, nameInvalid } from '../http/distribution-error.ts';
import { repositoryPath } from './route-schemas.ts';

/** `/v2/` itself, and an answer in the registry's error form for everything under it that has no route. */
export function fallbackRoutes(app: ZodApp, routes: readonly DeclaredRoute[]): void {
  const schema = { summary: 'Ask whether this is a registry and the token is good', tags: ['registry'] };
  for (const url of ['/v2', '/v2/']) {
    app.get(url, { config: { access: { registry: 'any-token' } }, schema }, (_request, reply) =>
      reply.send({}),
    );
  }

  const closed = { config: { access: 'public' }, schema: { hide: true } } as const;
  const refuse = (request: FastifyRequest) => {
    throw unroutedRefusal(request, routes);
  };
  // Would else be an upload without an id, or a blob of that name.
  for (const url of [`${repositoryPath}/blobs/uploads/`, `${repositoryPath}/blobs/uploads`]) {
    app.route({ ...closed, method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'], url, handler: refuse });
  }
  app.all(everythingElse, closed, refuse);
}

const everythingElse = '/v2/*';

/**
 * The refusal of an address under `/v2/` that no route takes.
 *
 * @param routes - All of the server's.
 */
export function unroutedRefusal(
  { url, method }: FastifyRequest,
  routes: readonly DeclaredRoute[],
): DistributionError {
  const path = pathInRegistry(url) ?? '';
  const methods = offeredMethods(routes, `/v2/${path}`);
  if (methods.length === 0)
    return new DistributionError(404, 'UNSUPPORTED', 'This registry has nothing at that address.');
  // As `foldAddress` makes it: all else of the path comes behind the name.
  const [name = '', ...rest] = path.split('/');
  if (rest.length > 0 && !isRepositoryName(name.replaceAll('%2F', '/'))) return nameInvalid(method);
  if (!methods.includes(method)) return methodRefusal(methods.join(', '));
  return new DistributionError(
    400,
    'UNSUPPORTED',
    'The address is malformed: check what follows its % signs.',
  );
}

/** The methods that an address takes: those of the routes with a guard, but where one of those above is closer. */
function offeredMethods(routes: readonly DeclaredRoute[], address: string): string[] {
  const closed = methodsAt(
    routes.filter(({ access, url }) => access === 'public' && url !== everythingElse),
    address,
  );
  const open = methodsAt(
    routes.filter(({ access }) => access !== 'public'),
    address,
  );
  return open.filter((method) => !closed.includes(method));
}

function methodRefusal(allow: string): DistributionError {
  return new DistributionError(405, 'UNSUPPORTED', 'This registry does not offer that.', {
    headers: { allow },
  });
}
