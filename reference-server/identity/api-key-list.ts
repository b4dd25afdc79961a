import type { z } from 'zod';
import type { ApiKey, apiKeysQuerySchema } from '../../contracts/server-api/kisenon/api-keys.ts';
import { maxScopedKeys } from '../../contracts/server-api/kisenon/projects.ts';
import type { scopedKeysSchema } from '../../contracts/server-api/kisenon/projects.ts';
import type { ServerContext } from '../context.ts';
import { stillCounts } from '../db/secret-columns.ts';
import { contains } from '../db/contains.ts';
import { cutPage } from '../db/cut-page.ts';
import type { ApiKeyTable } from '../db/organization-schema.ts';
import type { Reader } from '../db/write.ts';
import { notFound } from '../http/api-error.ts';

/** "Ends soon": within these days. */
export const soonDays = 14;

/** Who looks at the keys of which organization. */
interface Viewer {
  org: { id: string; slug: string };
  userId: string;
  /** Whether they see keys of others. */
  all: boolean;
}

type KeyRow = Omit<ApiKeyTable, 'secret_hash'> & { username: string };

/** A page of the API keys of an organization that count, the newest first. */
export async function listApiKeys(
  context: ServerContext,
  viewer: Viewer,
  { limit, after, search, filter }: z.output<typeof apiKeysQuerySchema>,
): Promise<{ api_keys: ApiKey[]; next: string | undefined }> {
  const soon = new Date(context.now().getTime() + soonDays * 24 * 3600 * 1000).toISOString();
  const rows = await keyQuery(context, viewer)
    .$if(search !== '', (query) =>
      query.where((where) =>
        where.or(
          ['api_keys.name', 'api_keys.prefix', 'users.username'].map((column) => contains(column, search)),
        ),
      ),
    )
    .$if(filter === 'never-used', (query) => query.where('last_used_at', 'is', null))
    .$if(filter === 'ends-soon', (query) => query.where('expires_at', '<=', soon))
    .$if(after !== '', (query) =>
      query.where((where) =>
        where(
          where.refTuple('api_keys.created_at', 'api_keys.id'),
          '<',
          where
            .selectFrom('api_keys as last')
            .select(['last.created_at', 'last.id'])
            .where('last.id', '=', after)
            .where('last.org_id', '=', viewer.org.id)
            .$asTuple('created_at', 'id'),
        ),
      ),
    )
    .orderBy('api_keys.created_at', 'desc')
    .orderBy('api_keys.id', 'desc')
    .limit(limit + 1)
    .execute();
  const { page, end } = cutPage(rows, limit);
  return { api_keys: await describe(context.db, viewer, page), next: end?.id };
}

/** An API key that counts, as the contract shows it. @throws ApiError 404 */
export async function readApiKey(context: ServerContext, viewer: Viewer, id: string): Promise<ApiKey> {
  const row = await keyQuery(context, viewer).where('api_keys.id', '=', id).executeTakeFirst();
  const [key] = row === undefined ? [] : await describe(context.db, viewer, [row]);
  if (key === undefined) throw notFound(`The API key ${id}`);
  return key;
}

function keyQuery(context: ServerContext, { org, userId, all }: Viewer) {
  return liveKeys(context.db, org.id, context.now()).$if(!all, (query) =>
    query.where('api_keys.user_id', '=', userId),
  );
}

/** Keys that are neither revoked nor over, of members. */
function liveKeys(db: Reader, orgId: string, now: Date) {
  return db
    .selectFrom('api_keys')
    .innerJoin('users', 'users.id', 'api_keys.user_id')
    .innerJoin('memberships', (join) =>
      join
        .onRef('memberships.org_id', '=', 'api_keys.org_id')
        .onRef('memberships.user_id', '=', 'api_keys.user_id'),
    )
    .selectAll('api_keys')
    .select('users.username')
    .where('api_keys.org_id', '=', orgId)
    .where(stillCounts(now));
}

async function describe(db: Reader, { org, userId }: Viewer, rows: readonly KeyRow[]): Promise<ApiKey[]> {
  const targets = await targetsOf(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => {
    const own = targets.get(row.id) ?? [];
    return {
      id: row.id,
      name: row.name,
      prefix: row.prefix,
      org: org.slug,
      scope: { kind: row.scope_kind, targets: own.map(({ id, name }) => ({ id, name })) },
      capability: row.capability,
      inert: row.scope_kind !== 'org' && own.every(({ name }) => name === null),
      creator: row.username,
      own: row.user_id === userId,
      created_at: row.created_at,
      expires_at: row.expires_at,
      last_used:
        row.last_used_at === null
          ? null
          : { at: row.last_used_at, address: row.last_used_address, program: row.last_used_program },
    };
  });
}

/** One thing that a key is for; without a name and project once it is deleted. */
interface Target {
  id: string;
  /** `shop`, of a branch `shop/main`. */
  name: string | null;
  /** The project that it is, or is in. */
  projectId: string | null;
}

/** What keys are for, by their ids. */
async function targetsOf(db: Reader, keyIds: readonly string[]): Promise<Map<string, Target[]>> {
  if (keyIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('api_key_scopes')
    .leftJoin('branches', 'branches.id', 'api_key_scopes.target_id')
    .leftJoin('projects', (join) =>
      join.on((on) =>
        on.or([
          on('projects.id', '=', on.ref('api_key_scopes.target_id')),
          on('projects.id', '=', on.ref('branches.project_id')),
        ]),
      ),
    )
    .select(['key_id', 'target_id', 'branches.name as branch', 'projects.name as project', 'projects.id'])
    .where('key_id', 'in', keyIds)
    .orderBy('projects.name')
    .orderBy('branches.name')
    .orderBy('target_id')
    .execute();
  const found = Map.groupBy(rows, ({ key_id }) => key_id);
  return new Map(
    [...found].map(([keyId, all]) => [
      keyId,
      all.map(({ target_id, branch, project, id }) => ({
        id: target_id,
        name: project === null || branch === null ? project : `${project}/${branch}`,
        projectId: id,
      })),
    ]),
  );
}

/** The API keys that are for a project or its branches, by name, as many as `maxScopedKeys`. */
export async function listKeysOfProject(
  { db, now }: Pick<ServerContext, 'db' | 'now'>,
  org: { id: string },
  projectId: string,
): Promise<z.output<typeof scopedKeysSchema>> {
  const found = liveKeys(db, org.id, now()).where((where) =>
    where.exists(
      where
        .selectFrom('api_key_scopes')
        .leftJoin('branches', 'branches.id', 'api_key_scopes.target_id')
        .select('key_id')
        .whereRef('key_id', '=', 'api_keys.id')
        .where((on) => on.or([on('target_id', '=', projectId), on('branches.project_id', '=', projectId)])),
    ),
  );
  const { total } = await found
    .clearSelect()
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = await found.orderBy('api_keys.name').orderBy('api_keys.id').limit(maxScopedKeys).execute();
  const targets = await targetsOf(
    db,
    rows.map(({ id }) => id),
  );
  const isOnly = (id: string) =>
    (targets.get(id) ?? []).every((target) => target.projectId === null || target.projectId === projectId);
  return {
    api_keys: rows.map(({ id, name, username }) => ({ id, name, creator: username, only: isOnly(id) })),
    total,
  };
}
