import { sql } from 'kysely';
import { hash } from 'node:crypto';
import { numberedPage } from '../../../contracts/server-api/artifact-keeper/pages.ts';
import type { NumberedPageQuery } from '../../../contracts/server-api/artifact-keeper/pages.ts';
import {
  repositoryFormat,
  repositoryType,
} from '../../../contracts/server-api/artifact-keeper/repositories.ts';
import type {
  Package,
  ServerRepository,
} from '../../../contracts/server-api/artifact-keeper/repositories.ts';
import type { ServerContext } from '../../context.ts';
import { UnchangedCache } from '../../db/unchanged-cache.ts';
import type { Reader } from '../../db/write.ts';
import { keyOfRepository } from '../../identity/repositories.ts';
import type { Asker } from '../repository-access.ts';
import { listAllRepositories } from './repository-list.ts';
import type { RepositoryFilter, WholeList } from './repository-list.ts';

/** Pages of what somebody may read, by name, with what the repositories hold. */
export interface RepositoryPages {
  repositories: PageOf<ServerRepository>;
  /** Of the images that somebody may pull. */
  packages: PageOf<Package>;
}

type PageOf<Item> = (
  asker: Asker,
  filter: RepositoryFilter,
  page: NumberedPageQuery,
) => Promise<ReturnType<typeof numberedPage<Item>>>;

/** How many repositories are remembered at most, all lists together. */
const maxRemembered = 200_000;

/**
 * Makes the pages. How many repositories there are is part of each page, so the first one decides about all of them. What
 * it decided is remembered until something is written to the database, or until a grant among them ends.
 */
export function repositoryPages(context: ServerContext): RepositoryPages {
  const cache = new UnchangedCache<WholeList & { at: Date }>(context.db, maxRemembered, (list) => {
    return list.repositories.length + 1;
  });
  const readable = async (
    asker: Asker,
    filter: RepositoryFilter,
    { page, per_page: perPage }: NumberedPageQuery,
  ) => {
    const read = async () => ({ at: context.now(), ...(await listAllRepositories(context, asker, filter)) });
    const still = (list: WholeList & { at: Date }) => isInTime(context, list);
    const { repositories: all } = await cache.get(nameOf([asker, filter]), read, still);
    return { total: all.length, shown: all.slice((page - 1) * perPage, page * perPage) };
  };
  return {
    repositories: async (asker, filter, page) => {
      const { total, shown } = await readable(asker, filter, page);
      return numberedPage(await withContents(context.db, shown), total, page);
    },
    packages: async (asker, filter, page) => {
      const { total, shown } = await readable(asker, { ...filter, filled: true }, page);
      return numberedPage(await asPackages(context.db, shown), total, page);
    },
  };
}

/** Names a question, with all that a credential is limited to. */
function nameOf(question: unknown): string {
  const listed = (_: string, value: unknown) =>
    value instanceof Set || value instanceof Map ? [...(value as Iterable<unknown>)] : value;
  return hash('sha256', JSON.stringify(question, listed), 'base64');
}

/** Whether the clock, which may be set back, is where the list is right. */
function isInTime(context: ServerContext, { at, until }: WholeList & { at: Date }): boolean {
  const now = context.now();
  return at <= now && (until === null || now.toISOString() < until);
}

type Shown = WholeList['repositories'];

async function withContents(db: Reader, shown: Shown): Promise<ServerRepository[]> {
  const contents = await contentsOf(db, shown);
  return shown.flatMap(({ name, actions }): ServerRepository[] => {
    const row = contents.get(name);
    if (row === undefined) return [];
    return [
      {
        ...{ id: row.id, key: keyOfRepository(name), name },
        ...{ format: repositoryFormat, repo_type: repositoryType, is_public: row.public === 1 },
        ...{ storage_used_bytes: row.bytes, actions },
        ...{ created_at: row.created_at, updated_at: row.updated_at },
      },
    ];
  });
}

async function asPackages(db: Reader, shown: Shown): Promise<Package[]> {
  const contents = await contentsOf(db, shown);
  return shown.flatMap(({ name }): Package[] => {
    const row = contents.get(name);
    const version = row?.newest_tag ?? row?.newest_digest ?? null;
    // What was deleted meanwhile is left out.
    if (row === undefined || version === null) return [];
    return [
      {
        ...{ id: row.id, repository_key: keyOfRepository(name), name, version, format: repositoryFormat },
        ...{ size_bytes: row.bytes, download_count: 0, metadata: { versions: row.manifests } },
        ...{ created_at: row.created_at, updated_at: row.updated_at },
      },
    ];
  });
}

/** What repositories hold, by full name; one query for a whole page. */
async function contentsOf(db: Reader, repositories: readonly { name: string }[]) {
  if (repositories.length === 0) return new Map<string, never>();
  const rows = await db
    .selectFrom('repositories')
    .select(['id', 'full_name', 'public', 'created_at'])
    .select((query) => {
      const manifests = query
        .selectFrom('registry_manifests')
        .whereRef('registry_manifests.repository_id', '=', 'repositories.id');
      const tags = query
        .selectFrom('registry_tags')
        .whereRef('registry_tags.repository_id', '=', 'repositories.id');
      const blobs = query
        .selectFrom('registry_blobs')
        .whereRef('registry_blobs.repository_id', '=', 'repositories.id')
        // Of those from before sizes were kept, it may not be known yet.
        .where('size', '>', 0);
      return [
        manifests.select(sql<number>`count(*)`.as('count')).as('manifests'),
        manifests.select(sql<number>`sum(size)`.as('bytes')).as('manifest_bytes'),
        manifests.select(sql<string>`max(created_at)`.as('at')).as('pushed_at'),
        blobs.select(sql<number>`sum(size)`.as('bytes')).as('blob_bytes'),
        tags.select(sql<string>`max(updated_at)`.as('at')).as('tagged_at'),
        tags.select('tag').orderBy('updated_at', 'desc').orderBy('tag', 'desc').limit(1).as('newest_tag'),
        manifests
          .select('digest')
          .orderBy('registry_manifests.created_at', 'desc')
          .orderBy('digest')
          .limit(1)
          .as('newest_digest'),
      ];
    })
    .where(
      'full_name',
      'in',
      repositories.map(({ name }) => name),
    )
    .execute();
  return new Map(
    rows.map((row) => {
      const { pushed_at: pushed, tagged_at: tagged } = row;
      const times = [row.created_at, pushed ?? '', tagged ?? ''];
      const bytes = (row.blob_bytes ?? 0) + (row.manifest_bytes ?? 0);
      const facts = { manifests: row.manifests ?? 0, bytes, updated_at: times.toSorted().at(-1) ?? '' };
      return [row.full_name, { ...row, ...facts }];
    }),
  );
}
