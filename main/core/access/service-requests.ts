import { KeyholdError, type ErrorCode } from '../../../contracts/errors.ts';
import type { AccessChangeRequest, AccessPlace } from '../../../contracts/ipc/access.ts';
import type { AccessChange, BatchRequest, RefusedBecause } from '../../../contracts/server-api/index.ts';
import type { Failed } from '../service/client.ts';
import { becauseOf } from '../service/dialects/access.ts';
import type { ServiceCalls } from '../service/service-calls.ts';

/** A page of 40,000 cells that all end has four members in each of its ends. */
export const accessRoom = { maxBytes: 16 * 1024 * 1024, maxValues: 400_000 };
export const accessTimeoutMs = 60_000;

/** What refusals mean in all calls of access: nobody is told of an organization that is not theirs to change. */
export const accessCodes = { role_insufficient: 'repository_admin_needed' } as const;

/** Changes as a service is sent them. */
export function batchBody(
  { organization: org }: AccessPlace,
  changes: readonly AccessChangeRequest[],
): BatchRequest {
  return {
    org,
    changes: changes.map(({ principal, repository, actions, expiresAt }): AccessChange => ({
      ...{ principal, repository, actions },
      ...(expiresAt === null ? {} : { expires_at: expiresAt }),
    })),
  };
}

/** Refusals that say more than their code, and what they mean. */
type Because = Partial<Record<RefusedBecause, ErrorCode>>;

/** The error that a failure is, where its code may mean several things. */
export function failureBecause(
  service: ServiceCalls,
  answer: Failed,
  because: Because,
  errorCodes: Parameters<ServiceCalls['failure']>[1],
): KeyholdError {
  const said = answer.kind === 'refused' ? becauseOf(answer.details) : null;
  const code = said === null ? undefined : because[said];
  return code === undefined ? service.failure(answer, errorCodes) : new KeyholdError(code);
}

/** No end that has come is asked for. @throws KeyholdError `expiry_passed` */
export function requireFuture(ends: readonly (string | null)[], now: Date): void {
  if (ends.some((end) => end !== null && Date.parse(end) <= now.getTime())) {
    throw new KeyholdError('expiry_passed');
  }
}
