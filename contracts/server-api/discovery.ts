import { z } from 'zod';
import { originSchema } from './primitives.ts';

/** Where every Keyhold server describes itself. */
export const discoveryPath = '/.well-known/keyhold';

/** Names of the JOSE algorithm for Ed25519 keys: RFC 9864 and, before it, RFC 8037. */
export const signingAlgSchema = z.enum(['Ed25519', 'EdDSA']);
export type SigningAlg = z.infer<typeof signingAlgSchema>;

/**
 * `GET /.well-known/keyhold`, readable by everybody. Methods, dialects and algorithms that a client does not
 * know are for later servers: it must ignore them, so they are plain strings here.
 *
 * - `registry`: whether the origin also serves the OCI distribution API; its registry host, as Podman and Docker
 *   write it, is then the origin without the scheme (`127.0.0.1:8970`).
 * - `signing_algs`: accepted JWS algorithm names, the preferred one first.
 * - `max_token_ttl`: longest life of an API token, in seconds.
 * - `dialects`: the forms of API that it speaks; `keyhold` alone when left out. `access` among them: it also tells who may
 *   do what on its repositories, and why (`/v1/access`).
 * - `key_rotation`: whether a registered key may bring in its successor (`POST /v1/keys/rotate`); no when left out.
 */
export const discoverySchema = z.object({
  origin: originSchema,
  name: z.string().min(1).max(100),
  methods: z.array(z.string().max(100)).min(1).max(50),
  dialects: z.array(z.string().max(100)).min(1).max(50).optional(),
  dashboard_url: z.url(),
  authorize_url: z.url().optional(),
  registry: z.boolean(),
  signing_algs: z.array(z.string().max(100)).min(1).max(50),
  max_token_ttl: z.number().int().positive(),
  key_rotation: z.boolean().optional(),
});
export type Discovery = z.infer<typeof discoverySchema>;
