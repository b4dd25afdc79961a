import { sql } from 'kysely';
import type { z } from 'zod';
import type { AccessGrants, accessGrantsQuerySchema } from '../../../contracts/server-api/access/grants.ts';
import type { Caller } from '../../auth/caller.ts';
import type { ServerContext } from '../../context.ts';
import { cutPage } from '../../db/cut-page.ts';
import { hasNotEnded, readActions } from '../../db/grant-columns.ts';
import { mayReceiveIn } from '../../identity/principals.ts';
import { loadPrincipalFacts } from '../facts.ts';
import { referenceOf } from '../matrix/access-principals.ts';
import { readVersioned } from '../matrix/access-version.ts';
import { candidateQuery, requireAdministered } from '../matrix/administered.ts';
import type { AdministeredOrganization } from '../matrix/administered.ts';
import { namesOf } from '../matrix/explain.ts';
import { askerOf, repositoriesAccess } from '../repository-access.ts';

/**
 * A page of the grants on the repositories of an organization that the caller administers: what the matrix shows as given
 * to a principal alone. What has ended, or is for whom the matrix does not know in the organization, is left out.
 *
 * @throws ApiError 403, 404 as `requireAdministered`
 */
export async function listOrganizationGrants(
  context: ServerContext,
  caller: Caller,
  { org: slug, limit, after }: z.output<typeof accessGrantsQuerySchema>,
): Promise<AccessGrants> {
  const { value, version } = await readVersioned(context, async (now) => {
    const org = await requireAdministered(context, caller, slug);
    const found = await findAdministered(context, caller, org, { limit: limit + 1, after }, now);
    const { page, end } = cutPage(found, limit);
    const givers = await namesOf(
      context,
      page.map((row) => row.created_by),
    );
    return {
      grants: page.map((row) => ({
        repository: row.full_name,
        principal: {
          reference: referenceOf({ ...row, id: row.principal_id }, slug),
          ...{ kind: row.kind, name: row.name, email: row.email },
        },
        actions: readActions(row.actions),
        expires_at: row.expires_at,
        given_at: row.created_at,
        given_by: givers.get(row.created_by) ?? null,
      })),
      next: end && placeOf(end),
    };
  });
  return { version, ...value };
}

/** The first grants behind a place, on repositories that the caller administers. */
async function findAdministered(
  context: ServerContext,
  caller: Caller,
  org: AdministeredOrganization,
  { limit, after }: { limit: number; after: string },
  now: Date,
): Promise<FoundGrant[]> {
  const found: FoundGrant[] = [];
  for (let place: Place | undefined = readPlace(after); place !== undefined && found.length < limit;) {
    const rows: FoundGrant[] = await grantsBehind(context, caller, org, place, limit, now);
    found.push(...(await administeredOf(context, caller, rows)));
    place = rows.length < limit ? undefined : rows.at(-1);
  }
  return found;
}

/** Of whichever kind it is. */
const name = sql<string>`coalesce(users.username, groups.name, bots.name)`;

type FoundGrant = Awaited<ReturnType<typeof grantsBehind>>[number];

/** Where a grant stands in the list. */
interface Place {
  full_name: string;
  kind: string;
  principal_id: string;
  name: string;
}

async function grantsBehind(
  context: ServerContext,
  caller: Caller,
  org: AdministeredOrganization,
  place: Place,
  limit: number,
  now: Date,
) {
  const who = await loadPrincipalFacts(context, caller.principal);
  return (
    context.db
      .selectFrom('grants')
      .innerJoin('repositories', 'repositories.id', 'grants.repository_id')
      .innerJoin('principals', 'principals.id', 'grants.principal_id')
      .leftJoin('users', 'users.id', 'grants.principal_id')
      .leftJoin('groups', 'groups.id', 'grants.principal_id')
      .leftJoin('bots', 'bots.id', 'grants.principal_id')
      .leftJoin('organizations', 'organizations.id', 'groups.org_id')
      .select(['repositories.full_name', 'principals.kind', 'grants.principal_id', 'users.email'])
      .select(name.as('name'))
      .select(['grants.actions', 'grants.expires_at', 'grants.created_at', 'grants.created_by'])
      .where('grants.repository_id', 'in', candidateQuery(context, askerOf(caller), who, org).select('id'))
      .where('grants.effect', '=', 'allow')
      .where(hasNotEnded(now))
      .where(mayReceiveIn(org))
      // By itself it lets an index be used.
      .where('repositories.full_name', '>=', place.full_name)
      .where(
        sql<boolean>`(repositories.full_name, principals.kind, ${name}, principals.id) > (${place.full_name}, ${place.kind}, ${place.name}, ${place.principal_id})`,
      )
      .orderBy('repositories.full_name')
      .orderBy('principals.kind')
      .orderBy('name')
      .orderBy('principals.id')
      .limit(limit)
      .execute()
  );
}

/** Of these, the ones on repositories that the caller administers, as `decideRepository` says. */
async function administeredOf(
  context: ServerContext,
  caller: Caller,
  rows: readonly FoundGrant[],
): Promise<FoundGrant[]> {
  const names = [...new Set(rows.map((row) => row.full_name))];
  const access = await repositoriesAccess(context, askerOf(caller), names);
  const own = new Set(access.flatMap(({ name: each, actions }) => (actions.has('admin') ? [each] : [])));
  return rows.filter((row) => own.has(row.full_name));
}

/** The last part may have spaces in it. */
function placeOf(row: Place): string {
  return `${row.full_name} ${row.kind} ${row.principal_id} ${row.name}`;
}

function readPlace(after: string): Place {
  const [full_name = '', kind = '', principal_id = '', ...words] = after.split(' ');
  return { full_name, kind, principal_id, name: words.join(' ') };
}
