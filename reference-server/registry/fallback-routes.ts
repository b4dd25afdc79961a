import type { FastifyRequest } from 'fastify';
import { isRepositoryName } from '../../contracts/domain/repository-name.ts';
import { pathInRegistry } from '../http/repository-address.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { DistributionError, nameInvalid } from '../http/distribution-error.ts';
import { repositoryPath } from './route-schemas.ts';

/** The shapes of paths under a repository, as `foldAddress` makes them, and the methods that have routes of their own. */
const shapes: readonly { path: RegExp; allow: string }[] = [
  { path: /^([^/]*)\/blobs\/uploads\/?$/, allow: 'POST' },
  { path: /^([^/]*)\/blobs\/uploads\/[^/]+$/, allow: 'GET, PATCH, PUT, DELETE' },
  { path: /^([^/]*)\/blobs\/[^/]+$/, allow: 'GET, HEAD, DELETE' },
  { path: /^([^/]*)\/manifests\/[^/]+$/, allow: 'GET, HEAD, PUT, DELETE' },
  { path: /^([^/]*)\/referrers\/[^/]+$/, allow: 'GET, HEAD' },
  { path: /^([^/]*)\/tags\/list$/, allow: 'GET, HEAD' },
];

/** The methods of the paths that have no repository. */
const fixedPaths: Readonly<Record<string, string>> = {
  '': 'GET, HEAD',
  _catalog: 'GET, HEAD',
  token: 'GET, HEAD, POST',
};

/** `/v2/` itself, and an answer in the registry's error form for everything under it that has no route. */
export function fallbackRoutes(app: ZodApp): void {
  const schema = { summary: 'Ask whether this is a registry and the token is good', tags: ['registry'] };
  for (const url of ['/v2', '/v2/']) {
    app.get(url, { config: { access: { registry: 'any-token' } }, schema }, (_request, reply) =>
      reply.send({}),
    );
  }

  const closed = { config: { access: 'public' }, schema: { hide: true } } as const;
  const refuse = (request: FastifyRequest) => {
    throw unroutedRefusal(request);
  };
  // Would else be an upload without an id, or a blob of that name.
  for (const url of [`${repositoryPath}/blobs/uploads/`, `${repositoryPath}/blobs/uploads`]) {
    app.route({ ...closed, method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'], url, handler: refuse });
  }
  app.all('/v2/*', closed, refuse);
}

/** The refusal of an address under `/v2/` that no route takes. */
export function unroutedRefusal({ url, method }: FastifyRequest): DistributionError {
  const path = pathInRegistry(url) ?? '';
  if (Object.hasOwn(fixedPaths, path)) return methodRefusal(fixedPaths[path] ?? '');
  for (const shape of shapes) {
    const name = shape.path.exec(path)?.[1];
    if (name === undefined) continue;
    if (!isRepositoryName(name.replaceAll('%2F', '/'))) return nameInvalid(method);
    if (!shape.allow.split(', ').includes(method)) return methodRefusal(shape.allow);
    return new DistributionError(
      400,
      'UNSUPPORTED',
      'The address is malformed: check what follows its % signs.',
    );
  }
  return new DistributionError(404, 'UNSUPPORTED', 'This registry has nothing at that address.');
}

function methodRefusal(allow: string): DistributionError {
  return new DistributionError(405, 'UNSUPPORTED', 'This registry does not offer that.', {
    headers: { allow },
  });
}
