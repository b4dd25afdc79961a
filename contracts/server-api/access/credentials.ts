import { z } from 'zod';
import { nextSchema, pageQuery } from '../pages.ts';
import { repositoryActionSchema } from '../repositories.ts';
import { accessPath, accessPrincipalSchema, credentialReferenceSchema } from './primitives.ts';

export const credentialAccessPath = `${accessPath}/credentials`;

/** Query of `GET /v1/access/credentials`: what a key or token can do, for its holder and for whoever may revoke it. */
export const credentialAccessQuerySchema = pageQuery(200).extend({ credential: credentialReferenceSchema });

/**
 * What a key or token can do on repositories, by name: those on which its holder may do anything, for the holder and
 * administrators of the server; for others, of these, the ones that they administer.
 */
export const credentialAccessSchema = z.object({
  /** Whom it belongs to. */
  holder: accessPrincipalSchema,
  repositories: z.array(
    z.object({
      name: z.string(),
      public: z.boolean(),
      actions: z.array(repositoryActionSchema),
      /** What the holder may do and the credential is not good for. */
      withheld: z.array(repositoryActionSchema),
    }),
  ),
  next: nextSchema,
});
export type CredentialAccess = z.infer<typeof credentialAccessSchema>;
