import type { AccessChangeRequest } from '../../../contracts/ipc/access.ts';
import type { AccessChange, BatchRequest } from '../../../contracts/server-api/index.ts';

/** An organization of a context's service. */
export interface AccessPlace {
  contextId: string;
  /** Its slug. */
  organization: string;
}

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
