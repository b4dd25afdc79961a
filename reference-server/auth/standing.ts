import type { ServerContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import type { Caller } from './caller.ts';

/** Whom a route is open to beside those who may use everything. */
export interface OpenTo {
  /** Users whom no operator has approved yet. */
  pending?: boolean;
  /** Users who have to choose a password first. */
  beforePassword?: boolean;
}

/**
 * Refuses a user whom no operator has approved yet, or who has to choose a password first, wherever a route does not say
 * that it is for these too. Every guard asks, once it knows who somebody is, as does what has no guard.
 *
 * @throws ApiError 403 `alpha_pending`, 428 `password_change_required`
 */
export function requireStanding(
  context: ServerContext,
  { approved, mustChangePassword }: Pick<Caller, 'approved' | 'mustChangePassword'>,
  { pending = false, beforePassword = false }: OpenTo = {},
): void {
  if (!approved && !pending) {
    throw new ApiError(
      'alpha_pending',
      `An operator of this server has yet to approve this account. Until then it can do nothing; ` +
        `${context.origin()}/pending says when it can.`,
    );
  }
  if (mustChangePassword && !beforePassword) {
    throw new ApiError(
      'password_change_required',
      'This account has a password that was given to it. Choose one of your own first, with ' +
        'POST /api/v1/users/me/password.',
    );
  }
}
