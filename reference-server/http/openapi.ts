import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { devHeader, jwtHeader } from '../../contracts/server-api/tkeeper/control.ts';

/** Describes every route that has a schema, from that schema. Register before the routes. */
export async function registerOpenApi(
  app: FastifyInstance,
  server: { name: string; origin(): string },
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: server.name,
        version: '1.0.0',
        description: 'The API of the Keyhold reference server.',
      },
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: 'An API token signed by a registered key, or a session token.',
          },
          keeperJwt: {
            type: 'apiKey',
            in: 'header',
            name: jwtHeader,
            description: 'A JWT for the keeper, with its rules as `permissions`.',
          },
          keeperDev: {
            type: 'apiKey',
            in: 'header',
            name: devHeader,
            description: 'The token of a keeper in dev mode.',
          },
        },
      },
    },
    transform: jsonSchemaTransform,
  });
  app.get(
    '/openapi.json',
    { config: { access: 'public' }, schema: { hide: true } },
    async (_request, reply) => {
      // The origin is known only once the server listens.
      return reply.send({ ...app.swagger(), servers: [{ url: server.origin() }] });
    },
  );
}
