import type { ServerContext } from '../context.ts';
import type { ApiKeyTable } from '../db/organization-schema.ts';
import type { UserTable } from '../db/schema.ts';

/** An API key that counts, whose it is, and what is left of what it is for. */
export interface FoundApiKey {
  key: ApiKeyTable;
  /** Slug of its organization. */
  org: string;
  user: UserTable;
  /** The projects and branches that it names, as far as there are any. */
  targets: { branchIds: string[]; projectIds: string[] };
}

/**
 * The API key with this `id` or `secret_hash`, or null where there is none, it was revoked or has ended, its user's
 * account is closed or does not belong to its organization any more.
 */
export async function findApiKey(
  context: ServerContext,
  by: { column: 'id' | 'secret_hash'; value: string },
): Promise<FoundApiKey | null> {
  const { db } = context;
  const row = await db
    .selectFrom('api_keys')
    .innerJoin('organizations', 'organizations.id', 'api_keys.org_id')
    .innerJoin('memberships', (join) =>
      join
        .onRef('memberships.org_id', '=', 'api_keys.org_id')
        .onRef('memberships.user_id', '=', 'api_keys.user_id'),
    )
    .selectAll('api_keys')
    .select('organizations.slug as org')
    .where(`api_keys.${by.column}`, '=', by.value)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (row === undefined) return null;
  const { org, ...key } = row;
  if (key.expires_at !== null && key.expires_at <= context.now().toISOString()) return null;
  const user = await db
    .selectFrom('users')
    .selectAll()
    .where('id', '=', key.user_id)
    .where('status', '!=', 'disabled')
    .executeTakeFirst();
  if (user === undefined) return null;
  return { key, org, user, targets: await liveTargets(context, key) };
}

async function liveTargets({ db }: ServerContext, key: ApiKeyTable): Promise<FoundApiKey['targets']> {
  switch (key.scope_kind) {
    case 'org':
      return { branchIds: [], projectIds: [] };
    case 'project': {
      const rows = await db
        .selectFrom('api_key_scopes')
        .innerJoin('projects', 'projects.id', 'api_key_scopes.target_id')
        .select('projects.id')
        .where('key_id', '=', key.id)
        .where('projects.org_id', '=', key.org_id)
        .execute();
      return { branchIds: [], projectIds: rows.map(({ id }) => id) };
    }
    case 'branch': {
      const rows = await db
        .selectFrom('api_key_scopes')
        .innerJoin('branches', 'branches.id', 'api_key_scopes.target_id')
        .innerJoin('projects', 'projects.id', 'branches.project_id')
        .select(['branches.id', 'branches.project_id'])
        .where('key_id', '=', key.id)
        .where('projects.org_id', '=', key.org_id)
        .execute();
      return { branchIds: rows.map(({ id }) => id), projectIds: rows.map(({ project_id }) => project_id) };
    }
  }
}
