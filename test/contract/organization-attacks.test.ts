import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { switchOrgPath } from '../../contracts/server-api/kisenon/session.ts';
import { mailSettings } from '../../reference-server/config/mail.ts';
import { createPersonalOrganization } from '../../reference-server/identity/organizations.ts';
import { userOfIdentity } from '../../reference-server/identity/external-identities.ts';
import { getUser, membershipsOf } from '../../reference-server/identity/users.ts';
import { invite } from '../../reference-server/identity/invitations.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { maxApiKeys } from '../../reference-server/identity/api-key-changes.ts';
import { mailRules } from '../../reference-server/limits/mail-limits.ts';
import { newAddress } from '../support/invitation-calls.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { allowedCode, authorizeAddress, exchange, newProgram } from '../support/loopback-program.ts';
import { mailsIn } from '../support/mail.ts';
import { auditOf, storeApiKey, newPerson, newTeam } from '../support/organization.ts';
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

describe('what the page says that a program may do', () => {
  it.each(['api-key', 'session', 'token-pair'] as const)('is what it may, with an %s', async (access) => {
    const [team, other] = [await newTeam(server, { o: 'owner' }), await newTeam(server, { p: 'owner' })];
    const o = team.person('o');
    await addMember(other, o, 'owner');
    const program = newProgram({ access, org: team.slug });
    const cookie = `keyhold_session_${new URL(server.origin).port}=${o.token}`;
    const question = await fetch(authorizeAddress(server, program.query), { headers: { cookie } });
    const words = await question.text();
    expect(words.includes('nothing in others')).toBe(access === 'api-key');
    expect(words.includes('in each of your organizations')).toBe(access !== 'api-key');

    const got = await exchange(server, program, await allowedCode(server, o.token, program));
    const given = got.body as Record<string, string | undefined>;
    const token = given['token'] ?? given['access_token'] ?? given['api_key'] ?? '';
    const asked = { token, body: { org: other.slug } };
    const switched = await call(server, switchOrgPath, asked);
    expect(switched.status).toBe(access === 'session' ? 200 : 403);
    const there = access === 'session' ? (switched.body as { token: string }).token : token;
    const read = await call(server, `/v1/orgs/${other.slug}`, { token: there });
    expect(read.status).toBe(access === 'api-key' ? 403 : 200);
    const made = { token: there, body: { name: 'Lasts' } };
    expect((await call(server, '/v1/api-keys/', made)).status).toBe(201);
  });
});

describe('an API key', () => {
  it('is revoked however many keys it has made', async () => {
    const team = await newTeam(server, { o: 'owner' });
    const o = team.person('o');
    const key = await storeApiKey(server, team.id, o.id);
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

describe('what was done with a stolen API key', () => {
  it('is found in the audit log, as it stays when the key is revoked', async () => {
    const team = await newTeam(server, { o: 'owner' });
    const o = team.person('o');
    const key = await storeApiKey(server, team.id, o.id);
    const at = `/v1/orgs/${team.slug}`;
    const invited = { emails: [newAddress()], role: 'admin' };
    for (const token of [key.secret, o.token]) {
      await call(server, `${at}/bots`, { token, body: { name: token === o.token ? 'good' : 'bad' } });
    }
    await call(server, `${at}/invitations`, { token: key.secret, body: invited });
    await call(server, `/v1/api-keys/${key.id}`, { method: 'DELETE', token: o.token });
    const done = await Promise.all(
      ['bot.created', 'invitation.created'].map((action) => auditOf(server, team.slug, action)),
    );
    expect(done.flat().map(({ target, details }) => [target, details['api_key']])).toEqual([
      [`${team.slug}/bad`, key.id],
      [`${team.slug}/good`, undefined],
      [invited.emails[0], key.id],
    ]);
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
  it('is not made a member of all that strangers invited the address to', async () => {
    const email = newAddress();
    for (let stranger = 0; stranger < 12; stranger += 1) {
      const team = await newTeam(server, { o: 'owner' });
      const { id, username: name } = team.person('o');
      const org = { id: team.id, slug: team.slug, role: 'owner' } as const;
      await invite(server.context, org, { emails: [email], role: 'member' }, { id, name });
    }
    const identity = { issuer: 'https://issuer.example', subject: 'new', provider: 'x', email, name: null };
    const { user } = await server.context.write({}, (tx, audit) =>
      userOfIdentity(tx, server.context, identity, audit),
    );
    // The personal one, and ten.
    expect(await membershipsOf(server.context.db, user.id)).toHaveLength(11);
    const open = await server.context.db
      .selectFrom('invitations')
      .select('id')
      .where('email', '=', email)
      .where('ended_at', 'is', null)
      .execute();
    expect(open).toHaveLength(2);
  });

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
