import {
  decryptedSchema,
  decryptPath,
  decryptRequestSchema,
  encryptedSchema,
  encryptPath,
  encryptRequestSchema,
  signatureSchema,
  signPaths,
  signRequestSchema,
  verifiedSchema,
  verifyPaths,
  verifyRequestSchema,
} from '../../../contracts/server-api/tkeeper/signing.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { operate } from '../../keeper/operation.ts';
import { decrypt, encrypt, signArtifact, verifySignature } from '../../keeper/uses.ts';
import { askedOf } from './asked.ts';
import { errorResponses } from './error-form.ts';

const tags = ['tkeeper: use of keys'];
const config = { access: { keeper: 'authenticated', unsealed: true } } as const;

/** Signing, verifying, encrypting and decrypting by the keeper's keys. */
export function signingRoutes(app: ZodApp, context: ServerContext): void {
  for (const path of signPaths) {
    app.post(
      path,
      {
        config,
        schema: {
          summary: 'Sign by a key',
          tags,
          body: signRequestSchema,
          response: { 200: signatureSchema, ...errorResponses },
        },
      },
      (request) =>
        operate(context, askedOf(request, 'key.sign', request.body.keyId), (scope) =>
          signArtifact(scope, request.body),
        ),
    );
  }

  for (const path of verifyPaths) {
    app.post(
      path,
      {
        config,
        schema: {
          summary: 'Whether a signature is a key’s',
          tags,
          body: verifyRequestSchema,
          response: { 200: verifiedSchema, ...errorResponses },
        },
      },
      (request) =>
        operate(context, askedOf(request, 'key.verify', request.body.keyId), (scope) =>
          verifySignature(scope, request.body),
        ),
    );
  }

  app.post(
    encryptPath,
    {
      config,
      schema: {
        summary: 'Encrypt for a key',
        tags,
        body: encryptRequestSchema,
        response: { 200: encryptedSchema, ...errorResponses },
      },
    },
    (request) =>
      operate(context, askedOf(request, 'key.encrypt', request.body.keyId), (scope) =>
        encrypt(scope, request.body),
      ),
  );

  app.post(
    decryptPath,
    {
      config,
      schema: {
        summary: 'Decrypt by a key',
        tags,
        body: decryptRequestSchema,
        response: { 200: decryptedSchema, ...errorResponses },
      },
    },
    (request) =>
      operate(context, askedOf(request, 'key.decrypt', request.body.keyId), (scope) =>
        decrypt(scope, request.body),
      ),
  );
}
