import { createHash, randomBytes } from 'node:crypto';
import type { InvitationTable } from '../db/organization-schema.ts';
import { ApiError } from '../http/api-error.ts';

/** The secret part of an invitation's link, 256 random bits, and the hash under which the database knows it. */
export function newInvitationToken(): { token: string; hash: string } {
  const token = randomBytes(32).toString('base64url');
  return { token, hash: hashInvitationToken(token) };
}

/** SHA-256, hex. */
export function hashInvitationToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Why an invitation can be accepted no more: 410, in words for the invited person as well. Null: it can. */
export function invitationEnded(
  { ended_at, ended_as, expires_at }: Pick<InvitationTable, 'ended_at' | 'ended_as' | 'expires_at'>,
  now: Date,
): ApiError | null {
  const expired = expires_at <= now.toISOString();
  if (ended_at === null && !expired) return null;
  const words = {
    accepted: 'This invitation was accepted already. Each can be accepted once.',
    revoked: 'This invitation was taken back. Ask for a new one.',
    expired: 'This invitation has expired. Ask for a new one.',
  };
  return new ApiError('invitation_ended', words[ended_as ?? 'expired']);
}
