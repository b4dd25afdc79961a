import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApiToken, revokeApiToken } from '../../../reference-server/access/api-token-changes.ts';
import { listApiTokens } from '../../../reference-server/identity/api-token-list.ts';
import type { KeyOwner } from '../../../reference-server/identity/keys.ts';
import { seedCheaply } from '../../support/demo-seed.ts';
import { demoOwner, newTestContext } from '../../support/server-context.ts';
import type { TestContext } from '../../support/server-context.ts';

let context: TestContext;
let maya: KeyOwner;
let jonas: KeyOwner;
beforeEach(async () => {
  context = await newTestContext();
  await seedCheaply(context);
  [maya, jonas] = [await demoOwner(context, 'maya'), await demoOwner(context, 'jonas')];
});
afterEach(() => context.db.destroy());

/** Makes a token of somebody, for some repositories, with an end after some seconds. @returns its id */
async function make(
  owner: KeyOwner,
  { repositories = null as string[] | null, seconds = 0 } = {},
): Promise<string> {
  const end = new Date(context.now().getTime() + seconds * 1000).toISOString();
  const asked = { name: 'CI', scopes: ['repository:read'] as const, repositories };
  const expiresAt = seconds === 0 ? null : end;
  const { id } = await createApiToken(context, { ...asked, expiresAt }, { id: owner.id, name: owner.name });
  context.advance(1);
  return id;
}

const list = (owner: KeyOwner, page = 1, per_page = 10) =>
  listApiTokens(context, owner.id, { page, per_page });

describe('the list of API tokens', () => {
  it('is somebody’s own, the newest first, in pages', async () => {
    const [first, , second, third] = [
      await make(maya),
      await make(jonas),
      await make(maya),
      await make(maya),
    ];
    const { items, pagination } = await list(maya);
    expect(items.map(({ id }) => id)).toEqual([third, second, first]);
    expect(pagination.total).toBe(3);
    expect((await list(maya, 1, 2)).items.map(({ id }) => id)).toEqual([third, second]);
    expect((await list(maya, 2, 2)).items.map(({ id }) => id)).toEqual([first]);
  });

  it('has those that have ended, and none that was revoked', async () => {
    const [ending, lasting, revoked] = [
      await make(maya, { seconds: 60 }),
      await make(maya),
      await make(maya),
    ];
    await revokeApiToken(context, revoked, { id: maya.id, name: maya.name });
    const ends = async () => (await list(maya)).items.map(({ id, is_expired }) => [id, is_expired]);
    expect(await ends()).toEqual([
      [lasting, false],
      [ending, false],
    ]);
    context.advance(60);
    expect(await ends()).toEqual([
      [lasting, false],
      [ending, true],
    ]);
  });

  it('says which repositories each is for', async () => {
    const rows = await context.db.selectFrom('repositories').select('id').orderBy('id').execute();
    const ids = rows.slice(0, 2).map(({ id }) => id);
    await make(maya, { repositories: [...ids, ...ids] });
    await make(maya);
    expect((await list(maya)).items.map((each) => each.repository_ids)).toEqual([null, ids]);
  });
});
