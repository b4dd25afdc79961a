import { z } from 'zod';

/**
 * Where a key stands. `pending`: the service does not know it yet. `active`: registered. `retiring`: registered,
 * and about to be revoked because its successor has taken over. `revoked`: nothing it signs is accepted any more,
 * and its private part is gone.
 */
const keyStateSchema = z.enum(['pending', 'active', 'retiring', 'revoked']);

/** When a program was given something last, RFC 3339, and which one, where that is known. */
export const programUseSchema = z.strictObject({ at: z.string(), program: z.string().nullable() });
export type ProgramUse = z.infer<typeof programUseSchema>;

/** What the window may know of a key: never the private part. Times are RFC 3339. */
export const keySummarySchema = z.strictObject({
  id: z.uuid(),
  contextId: z.uuid(),
  label: z.string(),
  /** RFC 7638 thumbprint of the public JWK. */
  kid: z.string(),
  /** `SHA256:` and the base64 form, unpadded, of the SHA-256 of the 32 public key bytes. */
  fingerprint: z.string(),
  source: z.enum(['made', 'imported']),
  state: keyStateSchema,
  /** Whether this is the key that its context signs with. */
  signs: z.boolean(),
  createdAt: z.string(),
  registeredAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
  /** The last use for another program, by its name where that is known; null when there was none. */
  programUse: programUseSchema.nullable(),
  /** When it stops to sign, by the age limit that the user set; null for never. */
  expiresAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
});

export type KeySummary = z.infer<typeof keySummarySchema>;

/**
 * What a key's signature is worth, as far as Keyhold knows. `at`: since when, RFC 3339.
 *
 * - `live`: the key is registered.
 * - `unregistered`: its service does not know it yet, or never did.
 * - `revoked`: its service revoked it, or does not know it any more.
 * - `deleted`: it was deleted here, and its service did not say that it revoked it.
 * - `expired`: it is over the age limit that the user set, of which the service knows nothing.
 */
export const keyValiditySchema = z.discriminatedUnion('state', [
  z.strictObject({ state: z.enum(['live', 'unregistered']) }),
  z.strictObject({ state: z.enum(['revoked', 'deleted', 'expired']), at: z.string() }),
]);
export type KeyValidity = z.infer<typeof keyValiditySchema>;

/** The forms in which a public key can be given away. */
export const publicKeyFormatSchema = z.enum(['openssh', 'pem', 'jwk']);
export type PublicKeyFormat = z.infer<typeof publicKeyFormatSchema>;
