import { z } from 'zod';
import {
  keyParamsSchema,
  keysPath,
  publicKeyListSchema,
  registerKeyRequestSchema,
  registeredKeySchema,
  rotateKeyPath,
  rotateKeyRequestSchema,
} from '../../../contracts/server-api/keys.ts';
import { registerKey, rotateKey } from '../../auth/keys/key-registration.ts';
import { requirePrincipal, requireSession } from '../../auth/request-principal.ts';
import type { ServerContext } from '../../context.ts';
import { ApiError } from '../../http/errors.ts';
import { listKeys, revokeKey } from '../../identity/keys.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-responses.ts';

const tags = ['keys'];
const security = [{ bearer: [] }];

/** The signed-in user's public keys. */
export function keysRoutes(app: ZodApp, context: ServerContext): void {
  app.post(
    keysPath,
    {
      schema: {
        summary: 'Register the key of a registration token (needs a session)',
        tags,
        security,
        body: registerKeyRequestSchema,
        response: { 201: registeredKeySchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { id, name } = await requireSession(context, request);
      // Sessions are of active users only.
      const owner = { kind: 'user', id, name, subject: id, active: true } as const;
      const actor = { id, name, ip: request.ip };
      const key = await registerKey(context, owner, request.body.registration_token, actor);
      return reply.code(201).send(key);
    },
  );

  app.post(
    rotateKeyPath,
    {
      schema: {
        summary:
          'Register the successor of a key by that key’s own authority (its rotation token, no session)',
        tags,
        body: rotateKeyRequestSchema,
        response: { 201: registeredKeySchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const { registration_token: registration, rotation_token: rotation } = request.body;
      return reply.code(201).send(await rotateKey(context, { registration, rotation }, request.ip));
    },
  );

  app.get(
    keysPath,
    {
      schema: {
        summary: 'The keys that are not revoked',
        tags,
        security,
        response: { 200: publicKeyListSchema, ...errorResponses },
      },
    },
    async (request) => {
      return { keys: await listKeys(context.db, await requirePrincipal(context, request)) };
    },
  );

  app.delete(
    `${keysPath}/:kid`,
    {
      schema: {
        summary: 'Revoke a key; a key may revoke itself, other keys need a session',
        tags,
        security,
        params: keyParamsSchema,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      const user = await requirePrincipal(context, request);
      const { kid } = request.params;
      if (user.auth.method === 'key' && user.auth.kid !== kid) {
        throw new ApiError('session_required', 'A key can revoke only itself. Sign in to revoke others.');
      }
      const { id, name } = user;
      await revokeKey(context, user, kid, { id, name, ip: request.ip });
      return reply.code(204).send();
    },
  );
}
