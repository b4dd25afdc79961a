import { z } from 'zod';
import { fingerprintSchema, instantSchema, kidSchema } from './primitives.ts';
import { maxTokenBytes } from './tokens.ts';

/** `POST /v1/keys` and `GET /v1/keys`. */
export const keysPath = '/v1/keys';

/** `POST /v1/keys/rotate`. */
export const rotateKeyPath = '/v1/keys/rotate';

/** A token's form is checked by the handler, which says what is wrong with it. */
const tokenTextSchema = z
  .string()
  .min(1, 'Must not be empty')
  .max(maxTokenBytes, `Must be at most ${String(maxTokenBytes)} characters`);

/** Body of `POST /v1/keys`. */
export const registerKeyRequestSchema = z.strictObject({ registration_token: tokenTextSchema });

/**
 * Body of `POST /v1/keys/rotate`: the new key's registration token and a rotation token of the key that it
 * succeeds. Both together are the credential; the request needs no `Authorization`. Answer 201 as `POST /v1/keys`.
 * The old key stays registered until it is revoked.
 */
export const rotateKeyRequestSchema = z.strictObject({
  registration_token: tokenTextSchema,
  rotation_token: tokenTextSchema,
});
export type RotateKeyRequest = z.infer<typeof rotateKeyRequestSchema>;

/** Answer 201 of `POST /v1/keys`. `name` is the label in the registration token, else one made from the date. */
export const registeredKeySchema = z.object({
  kid: kidSchema,
  fingerprint: fingerprintSchema,
  name: z.string(),
  created_at: instantSchema,
});

/** One key of the signed-in user; `last_used_at` is null until the key signed something that was accepted. */
export const publicKeySchema = registeredKeySchema.extend({ last_used_at: instantSchema.nullable() });
export type PublicKey = z.infer<typeof publicKeySchema>;

/** Answer of `GET /v1/keys`: the keys that are not revoked, the newest first. */
export const publicKeyListSchema = z.object({ keys: z.array(publicKeySchema) });

/** Path parameters of `DELETE /v1/keys/{kid}` (204). */
export const keyParamsSchema = z.strictObject({ kid: kidSchema });
