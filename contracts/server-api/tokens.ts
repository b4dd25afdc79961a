import { z } from 'zod';
import { signingAlgSchema } from './discovery.ts';
import { keyNameSchema, kidSchema, orgSlugSchema, originSchema, subjectSchema } from './primitives.ts';

/** Longest JWS that is read at all, in bytes. */
export const maxTokenBytes = 16 * 1024;
/** Longest life of a registration token (`exp` minus `iat`), in seconds. */
export const maxRegistrationTokenTtl = 15 * 60;
/** Longest life of a rotation token (`exp` minus `iat`), in seconds. */
export const maxRotationTokenTtl = 5 * 60;
/** Longest life of an API token (`exp` minus `iat`), in seconds. */
export const maxApiTokenTtl = 24 * 60 * 60;
/** How far `iat` and `nbf` may lie in the future of the server's clock, in seconds. */
export const maxClockSkew = 60;

/** JWS compact serialization (RFC 7515, section 3.1), one spelling only: no padding, no white space. */
export const compactJwsPattern = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** Seconds since 1970-01-01T00:00:00Z, whole ones (RFC 7519 NumericDate allows fractions, we do not). */
const numericDateSchema = z.int().nonnegative();
const tokenIdSchema = z.string().min(8).max(128);

/** What every token of a key claims. */
const claims = {
  iss: subjectSchema,
  sub: subjectSchema,
  aud: originSchema,
  iat: numericDateSchema,
  exp: numericDateSchema,
  jti: tokenIdSchema,
};

/** An Ed25519 public key as JWK (RFC 8037, section 2) with nothing but the key: a private part is refused. */
const publicKeyJwkSchema = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'Must be 32 bytes in base64url'),
});

/** Protected header of a registration token: these members and no others. */
export const registrationTokenHeaderSchema = z.strictObject({
  alg: signingAlgSchema,
  typ: z.literal('registration+jwt'),
  jwk: publicKeyJwkSchema,
});

/**
 * Claims of a registration token: proof that the holder of `jwk` wants it to belong to user or bot `sub` at server
 * `aud`. `exp` is at most `maxRegistrationTokenTtl` seconds after `iat`; `jti` works once; `name` is the key's label.
 */
export const registrationTokenClaimsSchema = z.strictObject({
  ...claims,
  name: keyNameSchema.optional(),
});
export type RegistrationTokenClaims = z.infer<typeof registrationTokenClaimsSchema>;

/** Protected header of a rotation token: these members and no others; `kid` is the key that is succeeded. */
export const rotationTokenHeaderSchema = z.strictObject({
  alg: signingAlgSchema,
  typ: z.literal('rotation+jwt'),
  kid: kidSchema,
});

/**
 * Claims of a rotation token: the holder of a registered key of user or bot `sub` wants key `new_kid` to be registered
 * for the same owner at server `aud`. `exp` is at most `maxRotationTokenTtl` seconds after `iat`; `jti` works once.
 */
export const rotationTokenClaimsSchema = z.strictObject({
  ...claims,
  new_kid: kidSchema,
});
export type RotationTokenClaims = z.infer<typeof rotationTokenClaimsSchema>;

/** Protected header of an API token: these members and no others (no `jwk`, `jku`, `x5u`, `crit`). */
export const apiTokenHeaderSchema = z.strictObject({
  alg: signingAlgSchema,
  typ: z.literal('JWT'),
  kid: kidSchema,
});

/**
 * Claims of an API token, sent as `Authorization: Bearer` or as Basic password at the registry's token endpoint.
 * `exp` is at most `maxApiTokenTtl` seconds after `iat`; `org` is the organization to act in. Claims that are not listed are ignored.
 */
export const apiTokenClaimsSchema = z.object({
  ...claims,
  nbf: numericDateSchema,
  org: orgSlugSchema.optional(),
});
export type ApiTokenClaims = z.infer<typeof apiTokenClaimsSchema>;
