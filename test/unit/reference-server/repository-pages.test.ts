import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Asker } from '../../../reference-server/access/repository-access.ts';
import { repositoryPages } from '../../../reference-server/access/repositories/repository-pages.ts';
import type { RepositoryPages } from '../../../reference-server/access/repositories/repository-pages.ts';
import { seedCheaply } from '../../support/demo-seed.ts';
import { countQueries, demoOwner, newTestContext } from '../../support/server-context.ts';
import type { TestContext } from '../../support/server-context.ts';

let context: TestContext;
beforeEach(async () => {
  context = await newTestContext();
  await seedCheaply(context);
});
afterEach(() => context.db.destroy());

it('a page of 5,000 repositories asks the database a few times, and the next ones hardly', async () => {
  const { id: org_id } = await context.db
    .selectFrom('organizations')
    .select('id')
    .where('slug', '=', 'acme')
    .executeTakeFirstOrThrow();
  const created_at = context.now().toISOString();
  const rows = Array.from({ length: 5000 }, (_, at) => {
    const full_name = `acme/many-${String(at).padStart(4, '0')}`;
    return { id: `r_${String(at)}`, org_id, full_name, public: 0 as const, created_at };
  });
  for (let begin = 0; begin < rows.length; begin += 500) {
    const some = rows.slice(begin, begin + 500);
    await context.db.insertInto('repositories').values(some).execute();
    const manifests = some.map(({ id }) => ({
      ...{ repository_id: id, digest: 'sha256:x', media_type: 'x', size: 1, created_at },
      ...{ subject: null, artifact_type: null, annotations: null },
    }));
    await context.db.insertInto('registry_manifests').values(manifests).execute();
  }
  const queries = countQueries(context);
  const asker = await mayas();
  const pages = repositoryPages(queries.context);
  for (const [pageOf, last] of [
    [pages.repositories, 5003],
    [pages.packages, 5000],
  ] as const) {
    const found: string[] = [];
    for (let page = 1; page <= 51; page += 1) {
      const { items, pagination } = await pageOf(asker, { search: 'acme/' }, { page, per_page: 100 });
      expect(pagination.total).toBe(last);
      // Each one after the first looks whether anything was written, and reads what these repositories hold.
      expect(queries.taken()).toBeLessThanOrEqual(page === 1 ? 70 : 2);
      found.push(...items.map(({ name }) => name));
    }
    expect([found.length, new Set(found).size]).toEqual([last, last]);
  }
});

describe('what is remembered of a list', () => {
  const all = { page: 1, per_page: 100 };
  const namesOf = async ({ repositories }: RepositoryPages, asker: Asker) =>
    (await repositories(asker, {}, all)).items.map(({ name }) => name);

  it('is one caller’s and one credential’s', async () => {
    const pages = repositoryPages(context);
    const [maya, web] = [await mayas(), ['acme/web', 'acme/api'] as const];
    const names = await namesOf(pages, maya);
    expect(names).toEqual(expect.arrayContaining([...web]));
    expect(await namesOf(pages, { principal: null, limits: null })).not.toEqual(names);
    const scopes = new Set(['repository:read'] as const);
    for (const name of web) {
      const repositories = new Set([await idOf(name)]);
      const limits = { kind: 'api-token', scopes, repositories } as const;
      // That one is public.
      expect(await namesOf(pages, { ...maya, limits })).toEqual(['acme/base', name].toSorted());
    }
    expect((await pages.repositories(maya, { name: 'acme/web' }, all)).items).toHaveLength(1);
  });

  it('ends with what is written, and with a grant that ends', async () => {
    const queries = countQueries(context);
    const pages = repositoryPages(queries.context);
    const { id, name } = await demoOwner(context, 'jonas');
    const jonas: Asker = { principal: { kind: 'user', id, name }, limits: null };
    const before = await namesOf(pages, jonas);
    expect(before).toContain('acme/web');
    const ends = new Date(context.now().getTime() + 60_000).toISOString();
    await context.write({}, (tx) =>
      tx.updateTable('grants').set({ expires_at: ends }).where('principal_id', '=', id).execute(),
    );
    expect(await namesOf(pages, jonas)).toEqual(before);
    context.advance(60);
    expect(await namesOf(pages, jonas)).not.toContain('acme/web');
    queries.taken();
    await namesOf(pages, jonas);
    expect(queries.taken()).toBe(2);
    // The clock is set back.
    context.advance(-60);
    expect(await namesOf(pages, jonas)).toEqual(before);
    await context.write({}, (tx) => tx.deleteFrom('grants').where('principal_id', '=', id).execute());
    expect(await namesOf(pages, jonas)).not.toContain('acme/web');
  });
});

async function mayas(): Promise<Asker> {
  const { id, name } = await demoOwner(context, 'maya');
  return { principal: { kind: 'user', id, name }, limits: null };
}

async function idOf(name: string): Promise<string> {
  const { id } = await context.db
    .selectFrom('repositories')
    .select('id')
    .where('full_name', '=', name)
    .executeTakeFirstOrThrow();
  return id;
}
