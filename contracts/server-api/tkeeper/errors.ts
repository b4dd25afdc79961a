import { z } from 'zod';

/**
 * Statuses of TKeeper's error codes; every other code is 400. Those of addresses that are not there are our own: TKeeper
 * documents none.
 */
const statuses = {
  UNAUTHENTICATED: 401,
  ...{ ACCESS_DENIED: 403, APPROVAL_REQUIRED: 403, AUTHORITY_VIOLATION: 403, DESTROY_FORBIDDEN: 403 },
  ...{ DEV_MODE_VIOLATION: 403, KEY_APPLY_OPS_FORBIDDEN: 403, KEY_PROCESS_OPS_FORBIDDEN: 403 },
  ...{ NOT_MONO: 403, NOT_THRESHOLD: 403, POLICY_VIOLATION: 403 },
  ...{ NOT_FOUND: 404, METHOD_NOT_ALLOWED: 405 },
  ...{ AUDIT_FAILED: 500, INCONSISTENT_KEEPER: 500, INTERNAL_ERROR: 500, TAMPERED_KEEPER: 500 },
  ...{ AUDIT_NOT_AVAILABLE: 503, KEEPER_NOT_INITIALIZED: 503, KEEPER_SEALED: 503 },
} as const;

/** Codes of 400 that we answer with. */
type BadRequest =
  | 'INTEGRITY_KEY_NOT_FOUND'
  | 'INVALID_ASSET_OWNER'
  | 'INVALID_AUTHORITY'
  | 'INVALID_AUTHORITY_ARTIFACT'
  | 'INVALID_AUTHORITY_TYPE'
  | 'INVALID_BASE64'
  | 'INVALID_CIPHERTEXT'
  | 'INVALID_CURSOR'
  | 'INVALID_EXPIRATION_TIME'
  | 'INVALID_EXPIRE_TYPE'
  | 'INVALID_HASH_METHOD'
  | 'INVALID_KEY_GENERATION'
  | 'INVALID_KEY_ID'
  | 'INVALID_KEY_SET_POLICY'
  | 'INVALID_PAYLOAD'
  | 'INVALID_PEER_ID'
  | 'INVALID_QUERY_PARAMETER'
  | 'INVALID_REQUEST_BODY'
  | 'INVALID_SHARE'
  | 'INVALID_SIG_SCHEME'
  | 'INVALID_THRESHOLD'
  | 'INVALID_TOTAL'
  | 'INVALID_TWEAK'
  | 'KEEPER_ALREADY_INITIALIZED'
  | 'KEEPER_ALREADY_UNSEALED'
  | 'KEY_ALGORITHM_MISMATCH'
  | 'KEY_ALREADY_EXISTS'
  | 'KEY_NOT_FOUND'
  | 'MISSING_EXPIRE_TYPE'
  | 'MISSING_KEY_ID'
  | 'MISSING_WINDOW'
  | 'NOT_SUPPORTED_FOR_MANUAL_PROVIDER'
  | 'RECOVERY_NOT_ENABLED'
  | 'UNSUPPORTED_KEY_ALGORITHM';

export type KeeperErrorCode = keyof typeof statuses | BadRequest;

/** The status that a code is answered with. */
export function statusOfKeeperError(code: KeeperErrorCode): number {
  return (statuses as Partial<Record<KeeperErrorCode, number>>)[code] ?? 400;
}

/**
 * The body of every refusal under `/v1/keeper` and `/v2/keeper`. Clients go by the code; `details` are for people. The
 * lists are of other nodes, of which there are none here.
 */
export const keeperErrorSchema = z.object({
  error: z.string().max(100),
  details: z.string().nullish(),
  imposters: z.array(z.string()),
  dead: z.array(z.string()),
});
export type KeeperErrorBody = z.infer<typeof keeperErrorSchema>;
