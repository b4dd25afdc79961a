import { z } from 'zod';
import { changedCellsSchema, refusalSchema } from './access/batches.ts';

/**
 * Closed list of the codes in the server's error body. A client may rely on the code; the message is for people.
 * HTTP status by group: see `statusOfErrorCode`.
 */
const apiErrorCodes = [
  'invalid_request',
  'invalid_grant',
  'registration_token_invalid',
  'registration_token_expired',
  'registration_token_wrong_user',
  'registration_token_wrong_origin',
  'unauthenticated',
  'invalid_credentials',
  'session_expired',
  'invalid_token',
  'token_invalid',
  'token_expired',
  'token_ttl_exceeded',
  'token_wrong_origin',
  'rotation_token_invalid',
  'rotation_token_expired',
  'key_not_registered',
  'key_revoked',
  'csrf_failed',
  'email_not_allowed',
  'alpha_pending',
  'scope_insufficient',
  'capability_insufficient',
  'role_insufficient',
  'session_required',
  'invitation_wrong_account',
  'not_found',
  'method_not_allowed',
  'conflict',
  'invitation_ended',
  'registration_token_replayed',
  'rotation_token_replayed',
  'precondition_failed',
  'password_change_required',
  'precondition_required',
  'payload_too_large',
  'unsupported_media_type',
  'rate_limited',
  'internal_error',
  'provider_unreachable',
] as const;

const apiErrorCodeSchema = z.enum(apiErrorCodes);
export type ApiErrorCode = z.infer<typeof apiErrorCodeSchema>;

/** The HTTP status that each code is sent with. */
export const statusOfErrorCode = {
  invalid_request: 400,
  invalid_grant: 400,
  registration_token_invalid: 400,
  registration_token_expired: 400,
  registration_token_wrong_user: 400,
  registration_token_wrong_origin: 400,
  unauthenticated: 401,
  invalid_credentials: 401,
  session_expired: 401,
  invalid_token: 401,
  token_invalid: 401,
  token_expired: 401,
  token_ttl_exceeded: 401,
  token_wrong_origin: 401,
  rotation_token_invalid: 401,
  rotation_token_expired: 401,
  key_not_registered: 401,
  key_revoked: 401,
  csrf_failed: 403,
  email_not_allowed: 403,
  alpha_pending: 403,
  scope_insufficient: 403,
  capability_insufficient: 403,
  role_insufficient: 403,
  session_required: 403,
  invitation_wrong_account: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  invitation_ended: 410,
  registration_token_replayed: 409,
  rotation_token_replayed: 409,
  precondition_failed: 412,
  password_change_required: 428,
  precondition_required: 428,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  internal_error: 500,
  provider_unreachable: 502,
} as const satisfies Record<ApiErrorCode, number>;

/**
 * One place of the request that was refused: `path` names the field from the body's root, dots between the
 * parts (`registration_token`, `body` for the whole body).
 */
const apiErrorIssueSchema = z.object({ path: z.string(), message: z.string() });
export type ApiErrorIssue = z.infer<typeof apiErrorIssueSchema>;

/**
 * What of a request is in the way, where its code may mean several things: with 404 what is gone, with 409 what somebody
 * else did meanwhile.
 */
export const refusedBecause = [
  'principal_gone',
  'credential_gone',
  'request_approved',
  'request_declined',
  'account_closed',
  'access_changed',
  'name_taken',
  'changed_meanwhile',
] as const;
export type RefusedBecause = (typeof refusedBecause)[number];

/**
 * `details` of an error: `issues` with `invalid_request`, `retry_after` (seconds) with `rate_limited`; of changes of access
 * that were not made, `cells` that somebody else changed, or the changes that are `refused`; `because`
 * where one of several things is meant.
 */
const apiErrorDetailsSchema = z.object({
  ...changedCellsSchema.partial().shape,
  refused: z.array(refusalSchema).optional(),
  because: z.enum(refusedBecause).optional(),
  issues: z.array(apiErrorIssueSchema).optional(),
  retry_after: z.number().int().positive().optional(),
});
export type ApiErrorDetails = z.infer<typeof apiErrorDetailsSchema>;

/** The body of every answer with a status of 400 or more outside `/v2`. */
export const apiErrorBodySchema = z.object({
  error: z.object({
    code: apiErrorCodeSchema,
    message: z.string(),
    details: apiErrorDetailsSchema.optional(),
  }),
});
export type ApiErrorBody = z.infer<typeof apiErrorBodySchema>;
