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
import { actorOf, callerOf } from '../../access/route-access.ts';
import type { ServerContext } from '../../context.ts';
import { listKeys, ownerOf, revokeKey } from '../../identity/keys.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-responses.ts';
import { notByApiKey, people, signedIn } from '../../access/api-guard.ts';

const tags = ['keys'];

/** The signed-in user's public keys. */
export function keysRoutes(app: ZodApp, context: ServerContext): void {
  app.post(
    keysPath,
    {
      config: { access: { caller: people } },
      schema: {
        summary: 'Register the key of a registration token (needs a session)',
        tags,
        body: registerKeyRequestSchema,
        response: { 201: registeredKeySchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const owner = ownerOf(callerOf(request).principal);
      const token = request.body.registration_token;
      return reply.code(201).send(await registerKey(context, owner, token, actorOf(request)));
    },
  );

  app.post(
    rotateKeyPath,
    {
      // The two tokens in its body are the credential.
      config: { access: 'public' },
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
      config: { access: { caller: notByApiKey } },
      schema: {
        summary: 'The keys that are not revoked',
        tags,
        response: { 200: publicKeyListSchema, ...errorResponses },
      },
    },
    async (request) => ({ keys: await listKeys(context.db, callerOf(request).principal) }),
  );

  app.delete(
    `${keysPath}/:kid`,
    {
      config: { access: { caller: signedIn, may: { key: 'revoke' } } },
      schema: {
        summary: 'Revoke a key; a key may revoke itself, other keys need a session',
        tags,
        params: keyParamsSchema,
        response: { 204: z.undefined(), ...errorResponses },
      },
    },
    async (request, reply) => {
      await revokeKey(context, callerOf(request).principal, request.params.kid, actorOf(request));
      return reply.code(204).send();
    },
  );
}
