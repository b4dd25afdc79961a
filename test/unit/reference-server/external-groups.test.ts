import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followGroups } from '../../../reference-server/identity/external-groups.ts';
import type { FollowedGroups } from '../../../reference-server/identity/external-groups.ts';
import { seedCheaply } from '../../support/demo-seed.ts';
import { demoOwner, newTestContext } from '../../support/server-context.ts';
import type { TestContext } from '../../support/server-context.ts';

let context: TestContext;
beforeEach(async () => {
  context = await newTestContext();
  await seedCheaply(context);
});
afterEach(() => context.db.destroy());

/** Has maya be in these groups of the directory, by what each is called there. */
async function follow(groups: Record<string, string>, source = 'ldap'): Promise<FollowedGroups> {
  const { id } = await demoOwner(context, 'maya');
  const said = Object.entries(groups).map(([externalId, name]) => ({ externalId, name }));
  return context.write({}, (tx, audit) =>
    followGroups(tx, context.now(), source, new Map([[id, said]]), audit),
  );
}

/** The groups of the directory that maya is in, by their ids there. */
async function groupsOfMaya(source = 'ldap'): Promise<Record<string, string>> {
  const { id } = await demoOwner(context, 'maya');
  const rows = await context.db
    .selectFrom('group_members')
    .innerJoin('groups', 'groups.id', 'group_members.group_id')
    .select(['external_id', 'name'])
    .where('user_id', '=', id)
    .where('source', '=', source)
    .execute();
  return Object.fromEntries(rows.map(({ external_id: externalId, name }) => [externalId ?? '', name]));
}

describe('groups of a directory that have other names', () => {
  it.each<[what: string, before: Record<string, string>, after: Record<string, string>]>([
    ['each other’s', { 1: 'ops', 2: 'dev' }, { 1: 'dev', 2: 'ops' }],
    ['those of a circle', { 1: 'ops', 2: 'dev', 3: 'web' }, { 1: 'dev', 2: 'web', 3: 'ops' }],
    ['what one that comes after them had', { 1: 'ops', 2: 'dev' }, { 1: 'dev', 2: 'web' }],
    ['what one that comes before them had', { 1: 'ops', 2: 'dev' }, { 1: 'web', 2: 'ops' }],
    ['new ones, and a new group has an old one', { 1: 'ops' }, { 1: 'web', 2: 'ops' }],
    ['other letters', { 1: 'ops' }, { 1: 'Ops' }],
  ])('get them where they are %s', async (_what, before, after) => {
    await follow(before);
    const ids = await context.db.selectFrom('groups').select('id').execute();
    expect(await follow(after)).toMatchObject({ removed: 0, refused: [] });
    expect(await groupsOfMaya()).toEqual(after);
    const left = await context.db.selectFrom('groups').select('id').execute();
    expect(left).toEqual(expect.arrayContaining(ids));
    expect(await follow(after)).toEqual({ added: 0, removed: 0, refused: [] });
  });

  it('keep theirs where a group of elsewhere has the name, and so do those that wait for them', async () => {
    await follow({ a: 'web' }, 'sso');
    const before = { 1: 'ops', 2: 'dev', 3: 'night' };
    await follow(before);
    const { refused } = await follow({ 1: 'web', 2: 'ops', 3: 'day' });
    expect(refused).toEqual(['web', 'ops']);
    expect(await groupsOfMaya()).toEqual({ ...before, 3: 'day' });
    expect(await groupsOfMaya('sso')).toEqual({ a: 'web' });
  });

  it('get a name once', async () => {
    await follow({ 1: 'ops', 2: 'dev' });
    expect(await follow({ 1: 'web', 2: 'web' })).toMatchObject({ refused: ['web'] });
    expect(await groupsOfMaya()).toEqual({ 1: 'web', 2: 'dev' });
  });

  it('keep theirs where the other cannot be a name', async () => {
    await follow({ 1: 'ops' });
    expect(await follow({ 1: 'a\nb', 2: ' ' })).toMatchObject({
      refused: [expect.stringContaining('a'), ' '],
    });
    expect(await groupsOfMaya()).toEqual({ 1: 'ops' });
  });

  it('say so in the audit log', async () => {
    await follow({ 1: 'ops', 2: 'dev' });
    await follow({ 1: 'dev', 2: 'ops' });
    const rows = await context.db
      .selectFrom('audit_events')
      .select(['target', 'details'])
      .where('action', '=', 'group.renamed')
      .orderBy('seq')
      .execute();
    expect(rows.map(({ target, details }) => [target, JSON.parse(details) as unknown])).toEqual([
      ['main/dev', { source: 'ldap', from: 'ops' }],
      ['main/ops', { source: 'ldap', from: 'dev' }],
    ]);
  });
});
