import type { ServerContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import type { Caller } from './caller.ts';

/**
 * Refuses a user whom no operator has approved yet, wherever a route does not say that it is for these too. Every guard
 * asks, once it knows who somebody is, as does what has no guard.
 *
 * @throws ApiError 403 `alpha_pending`
 */
export function requireApproved(
  context: ServerContext,
  { approved }: Pick<Caller, 'approved'>,
  { pending = false }: { pending?: boolean } = {},
): void {
  if (approved || pending) return;
  throw new ApiError(
    'alpha_pending',
    `An operator of this server has yet to approve this account. Until then it can do nothing; ` +
      `${context.origin()}/pending says when it can.`,
  );
}
