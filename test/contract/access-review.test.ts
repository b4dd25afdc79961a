import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reviewFindingsMax, reviewSchema } from '../../contracts/server-api/access/review.ts';
import type { Review, ReviewKind } from '../../contracts/server-api/access/review.ts';
import { AccessTeam } from '../support/access-team.ts';
import { later } from '../support/asked-requests.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newPerson, newTeam } from '../support/organization.ts';
import { call, errorCode } from '../support/server-client.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
  await noteSince(later(-200));
});
afterAll(() => server.stop());

const noteSince = (since: string) =>
  server.context.write({}, (tx) => tx.updateTable('use_notes').set({ since }).execute());

/** An organization with two repositories, whose grants of long ago nobody has used yet. */
async function newWorld() {
  const team = await newTeam(server, { ada: 'owner', ben: 'member', cleo: 'member' });
  const access = new AccessTeam(server.context, team);
  const repositories = await access.repositories('api', 'web');
  const [ada, ben, cleo] = [team.person('ada'), team.person('ben'), team.person('cleo')];
  return { org: team.slug, access, repositories, ada, ben, cleo, dana: await newPerson(server) };
}

async function review(token: string, org: string): Promise<Review> {
  const { status, body } = await call(server, `/v1/access/review?org=${org}`, { token });
  expect(status).toBe(200);
  return reviewSchema.parse(body);
}

/** What is found of a kind: about whom, and the changes in few words. */
function found({ kinds }: Review, kind: ReviewKind) {
  const { findings = [], total } = kinds.find((each) => each.kind === kind) ?? {};
  expect(total).toBe(findings.length);
  return findings.map(({ repository, grant, changes }) => ({
    at: [repository, grant?.principal.name ?? ''],
    changes: changes.map(({ principal, repository: on, actions, expires_at: end }) => [
      ...[principal, on, actions.join()],
      ...(end === undefined ? [] : [end]),
    ]),
  }));
}

async function use(deed: 'pulled_at' | 'pushed_at', principal: string, repository: string): Promise<void> {
  server.context.repositoryUses.note(deed, principal, repository);
  await server.context.repositoryUses.save();
}

describe('a review', () => {
  it('finds write that nobody used, once it is known for long enough', async () => {
    const { org, access, repositories, ada, ben, cleo, dana } = await newWorld();
    const { api, web } = repositories;
    const old = { created_at: later(-91) };
    const end = later(40);
    await access.grant(api, ben.id, ['read', 'write'], { ...old, expires_at: end });
    await access.grant(web, ben.id, ['write'], old);
    await access.grant(api, cleo.id, ['read', 'write'], old);
    await access.grant(web, cleo.id, ['read', 'write', 'admin'], old);
    await access.grant(api, dana.id, ['read', 'write'], { created_at: later(-89) });
    await access.grant(web, dana.id, ['read'], old);
    const idle = await access.group('idle', dana.id);
    const busy = await access.group('busy', cleo.id);
    await access.grant(api, idle, ['read', 'write'], old);
    await access.grant(api, busy, ['read', 'write', 'delete'], old);
    await use('pulled_at', ben.id, api);
    await use('pushed_at', ben.id, repositories.api);
    await server.context.write({}, (tx) =>
      tx
        .updateTable('repository_uses')
        .set({ pushed_at: later(-91) })
        .where('principal_id', '=', ben.id)
        .execute(),
    );
    await use('pushed_at', cleo.id, api);
    const told = await review(ada.token, org);
    expect(found(told, 'unused_write')).toEqual([
      {
        at: [`${org}/api`, ben.username],
        changes: [[`user:${ben.id}`, `${org}/api`, 'read', end]],
      },
      { at: [`${org}/api`, 'idle'], changes: [[`group:${idle}`, `${org}/api`, 'read']] },
      { at: [`${org}/web`, ben.username], changes: [[`user:${ben.id}`, `${org}/web`, '']] },
    ]);
    const [first] = told.kinds[0]?.findings ?? [];
    expect(first?.grant).toMatchObject({ given_at: old.created_at, until: end });
    expect([first?.grant?.pulled === null, first?.grant?.pushed === null]).toEqual([false, false]);
    await noteSince(later(-89));
    const early = await review(ada.token, org);
    await noteSince(later(-200));
    expect(found(early, 'unused_write')).toEqual([]);
    expect(early.noted_since < later(-88)).toBe(true);
  });

  it('finds grants that end soon, and proposes to extend them', async () => {
    const { org, access, repositories, ada, ben, cleo, dana } = await newWorld();
    await access.grant(repositories.api, ben.id, ['read', 'delete'], { expires_at: later(13) });
    await access.grant(repositories.api, cleo.id, ['read'], { expires_at: later(15) });
    await access.grant(repositories.api, dana.id, ['read'], { expires_at: later(-1) });
    await access.grant(repositories.web, dana.id, ['read']);
    const [one, ...others] = found(await review(ada.token, org), 'ending');
    expect(others).toEqual([]);
    expect(one?.at).toEqual([`${org}/api`, ben.username]);
    const [[who, on, actions, end = ''] = []] = one?.changes ?? [];
    expect([who, on, actions]).toEqual([`user:${ben.id}`, `${org}/api`, 'read,delete']);
    expect(later(89) < end && end < later(91)).toBe(true);
  });

  it('finds who has alone what a group has, and does not belong to it', async () => {
    const { org, access, repositories, ada, ben, cleo, dana } = await newWorld();
    const group = await access.group('developers', ben.id);
    await access.grant(repositories.api, group, ['read', 'write']);
    await access.grant(repositories.api, ben.id, ['read']);
    await access.grant(repositories.api, cleo.id, ['read']);
    await access.grant(repositories.api, dana.id, ['read', 'delete']);
    await access.grant(repositories.web, dana.id, ['read']);
    const told = await review(ada.token, org);
    expect(found(told, 'beside_group')).toEqual([
      { at: [`${org}/api`, cleo.username], changes: [[`user:${cleo.id}`, `${org}/api`, '']] },
    ]);
    const findings = told.kinds.find(({ kind }) => kind === 'beside_group')?.findings;
    expect(findings?.[0]?.group).toEqual({ id: group, name: 'developers' });
  });

  it('finds grants of bots without a key that counts', async () => {
    const { org, access, repositories, ada } = await newWorld();
    const bots = {
      none: await access.bot('none'),
      kept: await access.bot('kept'),
      lost: await access.bot('lost'),
    };
    for (const bot of Object.values(bots)) await access.grant(repositories.web, bot, ['read']);
    const key = { name: 'k', x: 'x', created_at: later(-1), last_used_at: null };
    for (const [bot, revoked_at] of [
      [bots.kept, null],
      [bots.lost, later(-1)],
    ] as const) {
      const row = { ...key, kid: `${bot}-key`, x: bot, principal_id: bot, revoked_at };
      await server.context.write({}, (tx) => tx.insertInto('public_keys').values(row).execute());
    }
    const told = found(await review(ada.token, org), 'bot_without_key');
    expect(told.toSorted((one, other) => (String(one.at) < String(other.at) ? -1 : 1))).toEqual(
      ['lost', 'none'].map((name) => ({
        at: [`${org}/web`, name],
        changes: [[`bot:${org}/${name}`, `${org}/web`, '']],
      })),
    );
  });

  it('finds repositories that many administer beside the owners', async () => {
    const { org, access, repositories, ada, ben, cleo, dana } = await newWorld();
    const { api, web } = repositories;
    const [eve, finn, closed] = [
      await newPerson(server),
      await newPerson(server),
      await newPerson(server, { status: 'disabled' }),
    ];
    const group = await access.group('leads', cleo.id, ada.id);
    await access.grant(api, group, ['admin'], { created_at: later(-1) });
    await access.grant(api, ben.id, ['read', 'admin'], { created_at: later(-5) });
    await access.grant(api, closed.id, ['admin'], { created_at: later(-5) });
    await access.grant(api, await access.bot('ci'), ['admin']);
    for (const person of [ada, ben, cleo]) await access.grant(web, person.id, ['admin']);
    await access.grant(web, dana.id, ['admin']);
    await access.grant(api, dana.id, ['admin'], { created_at: later(-4) });
    expect(found(await review(ada.token, org), 'many_admins')).toEqual([]);
    await access.grant(api, eve.id, ['admin'], { created_at: later(-3), expires_at: later(50) });
    const end = (await review(ada.token, org)).kinds.find(({ kind }) => kind === 'many_admins');
    expect(end?.findings[0]).toMatchObject({ admins: 4, grant: null });
    await access.grant(api, finn.id, ['admin'], { created_at: later(-2) });
    await access.grant(api, eve.id, ['admin'], { effect: 'deny' });
    expect(found(await review(ada.token, org), 'many_admins')).toEqual([
      { at: [`${org}/api`, ''], changes: [[`user:${finn.id}`, `${org}/api`, 'read,write,delete']] },
    ]);
  });

  it('is about what the caller administers alone, and changes nothing', async () => {
    const { org, access, repositories, ada, ben, cleo, dana } = await newWorld();
    for (const repository of Object.values(repositories))
      await access.grant(repository, cleo.id, ['read'], { expires_at: later(1) });
    const changes = () => server.context.db.selectFrom('changes').select('count').executeTakeFirst();
    const [refused, hidden] = [ben, dana].map(({ token }) =>
      call(server, `/v1/access/review?org=${org}`, { token }),
    );
    expect([(await refused)?.status, (await hidden)?.status]).toEqual([403, 404]);
    await access.grant(repositories.web, ben.id, ['admin']);
    const before = await changes();
    expect(found(await review(ada.token, org), 'ending')).toHaveLength(2);
    expect(found(await review(ben.token, org), 'ending').map(({ at }) => at)).toEqual([
      [`${org}/web`, cleo.username],
    ]);
    expect(await changes()).toEqual(before);
    const bad = await call(server, '/v1/access/review', { token: ada.token });
    expect(errorCode(bad)).toBe('invalid_request');
  });

  it('tells how many there are, and the first of them by repository', async () => {
    const { org, access, ada, cleo } = await newWorld();
    const names = Array.from({ length: 520 }, (_, at) => `many-${String(at).padStart(3, '0')}`);
    const made = await access.repositories(...names);
    const ending = { expires_at: later(1) };
    for (const name of names) await access.grant(made[name] ?? '', cleo.id, ['read'], ending);
    const { kinds } = await review(ada.token, org);
    const { total, findings = [] } = kinds.find(({ kind }) => kind === 'ending') ?? {};
    expect(total).toBe(520);
    expect(findings.map(({ repository }) => repository)).toEqual(
      names.slice(0, reviewFindingsMax).map((name) => `${org}/${name}`),
    );
  });
});
