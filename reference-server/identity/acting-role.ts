import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import type { Reader } from '../db/write.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import { isAtLeast } from './roles.ts';

/** An organization, and the role that somebody who changes it was let in with. */
export interface ActingOrganization {
  id: string;
  slug: string;
  role: OrgRole;
}

/**
 * For the beginning of a change: what its guard decided by still holds. Between the two, others may have lowered the role
 * of who changes it, or ended the membership.
 *
 * @throws ApiError 404, or 403 `role_insufficient`.
 */
export async function requireRoleStill(
  tx: Reader,
  { id, slug, role }: ActingOrganization,
  actorId: string,
): Promise<void> {
  const row = await tx
    .selectFrom('memberships')
    .select('role')
    .where('org_id', '=', id)
    .where('user_id', '=', actorId)
    .executeTakeFirst();
  if (row === undefined) throw notFound(`The organization ${slug}`);
  if (isAtLeast(row.role, role)) return;
  throw new ApiError(
    'role_insufficient',
    `You have just become a ${row.role} of ${slug}. Nothing was changed.`,
  );
}

/** Personal organizations have their owner as only member, for good. @throws ApiError 409 */
export async function requireTeam(
  tx: Reader,
  { id, slug }: Pick<ActingOrganization, 'id' | 'slug'>,
  what: 'deleted' | 'left' | 'handed over' | 'shared with others',
): Promise<void> {
  const { kind } = await tx
    .selectFrom('organizations')
    .select('kind')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (kind === 'team') return;
  throw new ApiError(
    'conflict',
    `${slug} is a personal organization, which cannot be ${what}. Make a team organization for that.`,
  );
}
