import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoriesPath } from '../../contracts/server-api/repositories.ts';
import { mailSettings } from '../../reference-server/config/mail.ts';
import { createPersonalOrganization } from '../../reference-server/identity/organizations.ts';
import { getUser } from '../../reference-server/identity/users.ts';
import { invite } from '../../reference-server/identity/invitations.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { maxApiKeys } from '../../reference-server/identity/api-key-changes.ts';
import { mailRules } from '../../reference-server/limits/mail-limits.ts';
import { newAddress, refusal } from '../support/invitation-calls.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { mailsIn } from '../support/mail.ts';
import { jwtOf, newApiKey, newPerson, newTeam } from '../support/organization.ts';
import type { Person, Team } from '../support/organization.ts';
import { call } from '../support/server-client.ts';

let server: LocalServer;
let outbox: string;
beforeAll(async () => {
  outbox = mkdtempSync(join(tmpdir(), 'keyhold-mail-'));
  server = await startLocalServer({ mail: mailSettings({ outbox }) });
});
afterAll(async () => {
  await server.stop();
  rmSync(outbox, { recursive: true, force: true });
});

/** Makes somebody a member of a further organization. */
async function addMember(team: Team, { id: user_id }: Person, role: 'admin' | 'owner') {
  const created_at = server.context.now().toISOString();
  const row = { org_id: team.id, user_id, role, created_at };
  await server.context.write({}, (tx) => tx.insertInto('memberships').values(row).execute());
}

/** A private repository of an organization; gives its name. */
async function newRepository({ id: org_id, slug }: Team): Promise<string> {
  const full_name = `${slug}/web`;
  const created_at = server.context.now().toISOString();
  const row = { id: newId('r'), org_id, full_name, public: 0 as const, created_at };
  await server.context.write({}, (tx) => tx.insertInto('repositories').values(row).execute());
  return full_name;
}

describe('a server JWT', () => {
  const scopes = (name: string) => `scope=repository:${name}:pull,push&scope=registry:catalog:*`;
  /** What a registry token that it buys is for. */
  async function bought(jwt: string, name: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${jwt}` };
    const answer = await fetch(`${server.origin}/v2/token?${scopes(name)}`, { headers });
    const { token } = (await answer.json()) as { token: string };
    const [, claims = ''] = token.split('.');
    return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { access: unknown }).access;
  }

  it('reaches no repositories of another organization of its user', async () => {
    const [here, there] = [await newTeam(server, { o: 'owner' }), await newTeam(server, { p: 'owner' })];
    const o = here.person('o');
    await addMember(there, o, 'owner');
    const [own, other] = [await newRepository(here), await newRepository(there)];
    const token = await jwtOf(server, o, here.slug);
    expect((await call(server, `/v1/repos/${own}/authorizations`, { token })).status).toBe(200);
    expect(refusal(await call(server, `/v1/repos/${other}/authorizations`, { token }))).toEqual([
      403,
      'scope_insufficient',
    ]);
    const listed = JSON.stringify((await call(server, repositoriesPath, { token })).body);
    expect(listed).toContain(`"${own}"`);
    expect(listed).not.toContain(`"${other}"`);
    expect(await bought(token, own)).toEqual([{ type: 'repository', name: own, actions: ['pull', 'push'] }]);
    expect(await bought(token, other)).toEqual([]);
    // Of an organization that the user has nothing to do with, not even that it exists.
    const foreign = await newRepository(await newTeam(server, { q: 'owner' }));
    expect(refusal(await call(server, `/v1/repos/${foreign}/authorizations`, { token }))).toEqual([
      404,
      'not_found',
    ]);
  });

  it('does in repositories what its older, lower role may', async () => {
    const team = await newTeam(server, { o: 'owner', a: 'admin' });
    const a = team.person('a');
    const name = await newRepository(team);
    const older = await jwtOf(server, a, team.slug);
    const members = `/v1/orgs/${team.slug}/members/${a.id}`;
    await call(server, members, { method: 'PATCH', token: team.person('o').token, body: { role: 'owner' } });
    const asked = `/v1/repos/${name}/authorizations`;
    expect(refusal(await call(server, asked, { token: older }))).toEqual([403, 'role_insufficient']);
    expect(await bought(older, name)).toEqual([]);
    const renewed = await jwtOf(server, a, team.slug);
    expect((await call(server, asked, { token: renewed })).status).toBe(200);
  });
});

describe('an API key', () => {
  it('is revoked however many keys it has made', async () => {
    const team = await newTeam(server, { o: 'owner' });
    const o = team.person('o');
    const key = await newApiKey(server, team.id, o.id);
    const { body } = await call(server, '/v1/api-keys/', { token: key.secret, body: { name: 'Made' } });
    const { secret } = body as { secret: string };
    const { context } = server;
    const like = await context.db
      .selectFrom('api_keys')
      .selectAll()
      .where('created_via', '=', key.id)
      .executeTakeFirstOrThrow();
    const now = context.now().toISOString();
    // More than a query has places for, half of them revoked, half over.
    for (let batch = 0; batch < 160; batch += 1) {
      const ended = batch % 2 === 0 ? { revoked_at: now } : { expires_at: now };
      const rows = Array.from({ length: 250 }, () => {
        const id = newId('key');
        return { ...like, id, secret_hash: id, ...ended };
      });
      await context.write({}, (tx) => tx.insertInto('api_keys').values(rows).execute());
    }
    const path = `/v1/api-keys/${key.id}`;
    expect((await call(server, path, { method: 'DELETE', token: o.token })).status).toBe(204);
    for (const token of [key.secret, secret])
      expect((await call(server, '/v1/whoami', { token })).status).toBe(401);
    expect(maxApiKeys).toBeLessThan(32_766);
  });
});

describe('mail', () => {
  it('of one person goes to no more than the limit, however many requests there are at once', async () => {
    const o = await newPerson(server);
    const teams = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const team = await newTeam(server, { p: 'owner' });
        await addMember(team, o, 'admin');
        return team;
      }),
    );
    const before = mailsIn(outbox).length;
    // All have begun before the first mail goes out, as requests do where the database has many connections.
    const answers = await Promise.all(
      teams.map(({ id, slug }) => {
        const emails = Array.from({ length: 50 }, newAddress);
        const org = { id, slug, role: 'admin' } as const;
        return invite(server.context, org, { emails, role: 'member' }, { id: o.id, name: o.username });
      }),
    );
    const sent = answers.flatMap(({ invited }) => invited).filter((each) => each.sent);
    expect(sent).toHaveLength(mailRules.sender.failures);
    expect(mailsIn(outbox).length - before).toBe(mailRules.sender.failures);
  });
});

describe('a new person', () => {
  it('gets an organization though somebody took all numbers of its slug', async () => {
    const wanted = 'wanted-by-many';
    const slugs = [wanted, ...Array.from({ length: 3000 }, (_, at) => `${wanted}-${String(at + 2)}`)];
    const rows = slugs.map((slug) => ({ slug }));
    await server.context.write({}, (tx) => tx.insertInto('retired_slugs').values(rows).execute());
    const { id } = await newPerson(server, { username: wanted });
    const user = await getUser(server.context.db, id);
    let asked = 0;
    const { slug } = await server.context.write({}, (tx) => {
      const counting = {
        ...tx,
        selectFrom: ((table: 'retired_slugs') => (asked++, tx.selectFrom(table))) as never,
      };
      return createPersonalOrganization(counting, user, server.context.now());
    });
    expect(slug).toMatch(/^wanted-by-many-[a-z2-7]{16}$/);
    expect(asked).toBeLessThan(20);
  });
});
