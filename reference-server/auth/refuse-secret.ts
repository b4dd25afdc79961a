import type { ServerContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import { networkOf } from '../http/client-address.ts';
import { noteFailure } from './keys/note-failure.ts';

/** Why an API key or token that there is does not count any more. */
type Fault = 'revoked' | 'ended' | 'account';

/** An API key or token that there is, and does not count. */
interface RefusedSecret {
  id: string;
  user_id: string;
  username: string;
  revoked_at: string | null;
  expires_at: string | null;
  /** Slug of the organization that it is for. */
  org?: string;
}

/** How each kind of secret is called, in words and in the audit log. */
const kinds = {
  'api-key': { name: 'API key', action: 'auth.api_key_refused' },
  'api-token': { name: 'API token', action: 'auth.api_token_refused' },
} as const;

/**
 * Notes in the audit log that an API key or token was refused. Unknown ones are told to wait once a network sent too many.
 *
 * @param row - Null where there is none.
 * @returns ApiError 401 `key_revoked`, 429 for unknown ones.
 */
export async function refuseSecret(
  context: ServerContext,
  kind: keyof typeof kinds,
  row: RefusedSecret | null,
  ip: string,
): Promise<ApiError> {
  const { name, action } = kinds[kind];
  if (row === null) return refuseUnknown(context, kinds[kind], ip);
  const fault = faultOf(row, context.now());
  const event = { action, target: row.id, ...(row.org && { org: row.org }), details: { reason: fault } };
  await noteFailure(context, row.id, { id: row.user_id, name: row.username, ip }, event);
  return new ApiError('key_revoked', `This ${name} ${words[fault]}. Make a new one.`);
}

function faultOf({ revoked_at, expires_at }: RefusedSecret, now: Date): Fault {
  if (revoked_at !== null) return 'revoked';
  return expires_at !== null && expires_at <= now.toISOString() ? 'ended' : 'account';
}

const words: Record<Fault, string> = {
  revoked: 'was revoked',
  ended: 'has come to its end',
  account: 'belongs to an account that may not use it any more',
};

async function refuseUnknown(
  context: ServerContext,
  { name, action }: (typeof kinds)[keyof typeof kinds],
  ip: string,
): Promise<ApiError> {
  const counted = `unknown ${name}s`;
  const seconds = context.tokenRefusals.pausedFor(`${counted} ${networkOf(ip)}`);
  if (seconds !== null) {
    const message = `Too many ${name}s that this server does not know. Wait a few minutes, and check it.`;
    return new ApiError('rate_limited', message, {
      details: { retry_after: seconds },
      retryAfterSeconds: seconds,
    });
  }
  await noteFailure(context, counted, { ip }, { action, details: { reason: 'unknown' } });
  return new ApiError('key_revoked', `This server does not know this ${name}. Check it, or make a new one.`);
}
