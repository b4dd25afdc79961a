import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shownAuthorizations } from '../../../contracts/server-api/bots.ts';
import { botIdentity, listBots } from '../../../reference-server/identity/bots.ts';
import { seedCheaply } from '../../support/demo-seed.ts';
import { countQueries, demoOwner, newTestContext } from '../../support/server-context.ts';
import type { TestContext } from '../../support/server-context.ts';

let context: TestContext;
beforeEach(async () => {
  context = await newTestContext();
  await seedCheaply(context);
});
afterEach(() => context.db.destroy());

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const text = (index: number) => String(index).padStart(3, '0');

/** Bots `000` and so on. */
async function addBots(count: number): Promise<{ id: string; slug: string }> {
  const { db } = context;
  const org = await db
    .selectFrom('organizations')
    .select(['id', 'slug'])
    .where('slug', '=', 'acme')
    .executeTakeFirstOrThrow();
  const maya = await demoOwner(context, 'maya');
  const created_at = context.now().toISOString();
  await db
    .insertInto('principals')
    .values(range(count).map((index) => ({ id: `b_${text(index)}`, kind: 'bot' })))
    .execute();
  await db
    .insertInto('bots')
    .values(
      range(count).map((index) => ({
        id: `b_${text(index)}`,
        org_id: org.id,
        name: text(index),
        // Somebody who is gone.
        created_by: index === 1 ? 'u_gone' : maya.id,
        created_at,
        deleted_at: null,
      })),
    )
    .execute();
  return org;
}

describe('a page of bots', () => {
  it('costs the same few queries for two bots as for hundreds', async () => {
    const org = await addBots(400);
    const queries = countQueries(context);
    for (const limit of [2, 400]) {
      const { bots } = await listBots(queries.context, org, { limit, after: '' });
      expect([bots.length, queries.taken()]).toEqual([limit, 4]);
    }
    expect(await listBots(queries.context, org, { limit: 2, after: '399' })).toEqual({ bots: [] });
  });

  it('shows each bot its own maker, keys and grants: the first of them by name, and how many there are', async () => {
    const org = await addBots(3);
    const { db } = context;
    const created_at = context.now().toISOString();
    const many = shownAuthorizations + 1;
    const repositories = range(many).map((index) => ({
      id: `r_${text(index)}`,
      org_id: org.id,
      full_name: `acme/repository-${text(index)}`,
      public: 0 as const,
      created_at,
    }));
    await db.insertInto('repositories').values(repositories).execute();
    const grant = { actions: 'read', created_by: 'x', created_at, expires_at: null, batch: null };
    const grants = [...range(many).map((at) => [0, at] as const), [2, 1] as const].map(([bot, at]) => ({
      ...grant,
      id: `g_${String(bot)}_${text(at)}`,
      effect: 'allow' as const,
      principal_id: `b_${text(bot)}`,
      repository_id: `r_${text(at)}`,
    }));
    const counted = { ...grant, principal_id: 'b_002', repository_id: 'r_000' };
    await db
      .insertInto('grants')
      .values([
        ...grants,
        { ...counted, id: 'g_denied', effect: 'deny' },
        { ...counted, id: 'g_ended', effect: 'allow', expires_at: '2020-01-01T00:00:00.000Z' },
      ])
      .execute();
    const key = { name: 'k', created_at, last_used_at: null, x: 'A'.repeat(43) };
    await db
      .insertInto('public_keys')
      .values([
        { ...key, kid: 'first', principal_id: 'b_002', revoked_at: null },
        { ...key, kid: 'revoked', principal_id: 'b_002', revoked_at: created_at },
        { ...key, kid: 'other', principal_id: 'b_001', revoked_at: null },
      ])
      .execute();

    const { bots } = await listBots(context, org, { limit: 3, after: '' });
    expect(
      bots.map(({ name, created_by: maker, keys, grants: shown, grantCount }) => [
        name,
        maker,
        keys.map(({ kid }) => kid),
        shown.map(({ repository }) => repository),
        grantCount,
      ]),
    ).toEqual([
      ['000', 'maya', [], repositories.slice(0, -1).map((repository) => repository.full_name), many],
      ['001', null, ['other'], [], 0],
      ['002', 'maya', ['first'], ['acme/repository-001'], 1],
    ]);
  });
});

it('a bot that is deleted while its request runs is signed out', async () => {
  await addBots(1);
  await context.db.updateTable('bots').set({ deleted_at: context.now().toISOString() }).execute();
  await expect(botIdentity(context, 'b_000')).rejects.toMatchObject({ status: 401 });
});
