import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { apiErrorBodySchema } from '../../contracts/server-api/errors.ts';
import { invitationsPath } from '../../contracts/server-api/kisenon/invitations.ts';
import { exchangePath, sessionJwtSchema } from '../../contracts/server-api/kisenon/session.ts';
import type { SessionJwt } from '../../contracts/server-api/kisenon/session.ts';
import { kisenonSettings } from '../../reference-server/config/kisenon.ts';
import type { KisenonSettings } from '../../reference-server/config/kisenon.ts';
import type { LocalServer } from '../support/local-server.ts';
import type { ProviderAccount, TestProvider } from '../support/oidc-provider.ts';
import { startOidcSite } from '../support/oidc-site.ts';
import type { OidcSite } from '../support/oidc-site.ts';
import { call, signIn as apiSession } from '../support/server-client.ts';

let site: OidcSite;
let server: LocalServer;
let google: TestProvider;
let github: TestProvider;
beforeAll(async () => {
  site = await startOidcSite();
  ({ server, google, github } = site);
});
afterAll(async () => {
  await site.stop();
});
afterEach(() => {
  configure({ allowlist: null, approval: 'none', operators: [] });
});

/** What the configuration says from now on. */
function configure(settings: Partial<KisenonSettings>): void {
  Object.assign(server.context.config.kisenon, settings);
}

let people = 0;
function newPerson(account: Partial<ProviderAccount> = {}): ProviderAccount & { email: string } {
  people += 1;
  const name = `person${String(people)}`;
  return { sub: name, email: `${name}@acme.example`, email_verified: true, ...account };
}

async function exchange(provider: TestProvider, person: ProviderAccount) {
  const id_token = await provider.idToken(person);
  return call(server, exchangePath, { body: { provider: provider.settings.id, id_token } });
}

async function signIn(provider: TestProvider, person: ProviderAccount): Promise<SessionJwt> {
  return sessionJwtSchema.parse((await exchange(provider, person)).body);
}

async function refusal(provider: TestProvider, person: ProviderAccount): Promise<string> {
  const { status, body } = await exchange(provider, person);
  return `${String(status)} ${apiErrorBodySchema.parse(body).error.code}`;
}

function userRow(id: string) {
  return server.context.db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

async function identitiesOf(userId: string) {
  return server.context.db
    .selectFrom('external_identities')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('issuer')
    .execute();
}

describe('a new person', () => {
  it('gets an account, and an organization of their own', async () => {
    const person = newPerson({ email: 'Lena.Sommer@Acme.Example', name: 'Lena Sommer' });
    const { user, org, role, token } = await signIn(google, person);
    expect(user).toMatchObject({
      email: 'lena.sommer@acme.example',
      username: 'lena-sommer',
      display_name: 'Lena Sommer',
    });
    expect([org, role]).toEqual(['lena-sommer', 'owner']);
    expect(await userRow(user.id)).toMatchObject({ status: 'active', role: 'user', password_hash: null });
    const { kind } = await server.context.db
      .selectFrom('organizations')
      .select('kind')
      .where('slug', '=', 'lena-sommer')
      .executeTakeFirstOrThrow();
    expect(kind).toBe('personal');
    expect((await call(server, '/v1/whoami', { token })).body).toMatchObject({
      org: 'lena-sommer',
      role: 'owner',
    });
    const events = await server.context.db
      .selectFrom('audit_events')
      .select(['action', 'outcome', 'actor_id', 'actor_name', 'target', 'details'])
      .where('actor_id', '=', user.id)
      .orderBy('seq')
      .execute();
    expect(events.map(({ action }) => action)).toEqual([
      'user.created',
      'user.identity_added',
      'auth.sign_in',
    ]);
    for (const event of events)
      expect(event).toMatchObject({ outcome: 'success', actor_name: 'lena-sommer' });
  });

  it('has no password, and cannot sign in by an empty one', async () => {
    const { user } = await signIn(google, newPerson());
    for (const password of [' ', 'x']) {
      const { status } = await call(server, '/v1/auth/login', {
        body: { username: user.username, password },
      });
      expect(status).toBe(401);
    }
  });

  it('who signs in many times at once is one', async () => {
    const person = newPerson();
    const all = await Promise.all(Array.from({ length: 8 }, () => signIn(google, person)));
    expect(new Set(all.map(({ user }) => user.id)).size).toBe(1);
    const other = newPerson({ email: person.email });
    const both = await Promise.all([
      signIn(google, other),
      signIn(github, newPerson({ email: person.email })),
    ]);
    expect(new Set([...all, ...both].map(({ user }) => user.id)).size).toBe(1);
  });

  it.each([
    ['admin', 'admin-2'],
    ['o’brien', null],
    ['--', 'user'],
    ['x_y+news', 'x-y-news'],
    ['jonas', 'jonas-2'],
    ['__proto__', 'proto'],
    ['1234567890123456789012345678901234567890123456', '1234567890123456789012345678901234567890'],
  ])('whose address begins with %s is called %s', async (local, username) => {
    const person = newPerson({ email: `${local}@names.example` });
    if (username === null) expect(await refusal(google, person)).toBe('401 invalid_token');
    else expect((await signIn(google, person)).user.username).toBe(username);
  });

  it('gets a free name where many others have it', async () => {
    const names: string[] = [];
    for (let at = 0; at < 14; at += 1) {
      const { user, org } = await signIn(google, newPerson({ email: `info@d${String(at)}.example` }));
      names.push(user.username);
      expect(org).toMatch(/^info/);
    }
    expect(new Set(names).size).toBe(14);
    expect(names.slice(0, 3)).toEqual(['info', 'info-2', 'info-3']);
    expect(names.at(-1)).toMatch(/^info-[a-z2-7]{16}$/);
  });

  it.each([
    ['a name that turns the text around', 'Lena\u202Eremmos'],
    ['a name of two lines', 'Lena\nSommer'],
    ['a name that nobody sees', '\u200B'],
    ['a name of 65 characters', 'x'.repeat(65)],
    ['a name that is no text', 5 as unknown as string],
  ])('with %s is called by the address', async (_, name) => {
    const { user } = await signIn(google, newPerson({ name }));
    expect(user.display_name).toBe(user.username);
  });
});

describe('a new person who was invited', () => {
  async function invite(email: string, org = 'acme', role = 'member'): Promise<void> {
    const token = await apiSession(server, 'maya');
    const { status } = await call(server, invitationsPath(org), { token, body: { emails: [email], role } });
    expect(status).toBe(201);
  }

  it('is a member at once, and begins where the newest invitation is to', async () => {
    const person = newPerson();
    const owner = await apiSession(server, 'maya');
    await call(server, '/v1/orgs', { token: owner, body: { name: person.sub, slug: `z-${person.sub}` } });
    await invite(person.email, `z-${person.sub}`);
    await invite(person.email, 'acme', 'admin');
    await server.context.write({}, (tx) =>
      tx
        .updateTable('invitations')
        .set({ created_at: '2020-01-01T00:00:00.000Z' })
        .where('email', '=', person.email)
        .where('role', '=', 'member')
        .execute(),
    );
    const { token, org, role } = await signIn(google, person);
    expect([org, role]).toEqual(['acme', 'admin']);
    const { body } = await call(server, '/v1/orgs', { token });
    const slugs = (body as { orgs: { slug: string }[] }).orgs.map(({ slug }) => slug);
    expect(slugs.toSorted()).toEqual([`z-${person.sub}`, 'acme', person.sub].toSorted());
    const again = await signIn(google, person);
    expect(again.user.username).toBe(person.sub);
  });

  it('is one no sooner than the address is verified', async () => {
    const person = newPerson();
    await invite(person.email);
    expect(await refusal(google, { ...person, email_verified: false })).toBe('401 invalid_token');
    const open = await server.context.db
      .selectFrom('invitations')
      .select('ended_at')
      .where('email', '=', person.email)
      .executeTakeFirstOrThrow();
    expect(open.ended_at).toBeNull();
  });
});

describe('somebody who comes again', () => {
  it('is found by the provider’s subject, whatever the address is now', async () => {
    const person = newPerson();
    const { user } = await signIn(google, person);
    const moved = { ...person, email: 'moved@elsewhere.example' };
    expect((await signIn(google, moved)).user).toEqual(user);
    expect(await identitiesOf(user.id)).toMatchObject([
      { subject: person.sub, email: 'moved@elsewhere.example' },
    ]);
    // The old address is still that of the account.
    expect((await signIn(github, newPerson({ email: person.email }))).user.id).toBe(user.id);
  });

  it('is another one at another provider with the same subject', async () => {
    const person = newPerson();
    const first = await signIn(google, person);
    const second = await signIn(github, { ...person, email: 'other@elsewhere.example' });
    expect(second.user.id).not.toBe(first.user.id);
  });
});

describe('an account that is there already', () => {
  it('is joined by its verified address, in whatever case', async () => {
    const maya = server.user('maya');
    const { user, org, role } = await signIn(google, newPerson({ email: 'MAYA@acme.example' }));
    expect([user.id, org, role]).toEqual([maya.id, 'acme', 'owner']);
    expect(await identitiesOf(maya.id)).toHaveLength(1);
    const { password } = maya;
    expect((await call(server, '/v1/auth/login', { body: { username: 'maya', password } })).status).toBe(200);
  });

  it.each([
    ['is not verified', { email: 'jonas@acme.example', email_verified: false }],
    ['is said to be verified in text', { email: 'jonas@acme.example', email_verified: 'true' }],
    ['only looks the same', { email: 'jon\u0430s@acme.example' }],
    ['would be the same in lower case', { email: 'jona\u017F@acme.example' }],
  ])('is not joined by one that %s', async (_, account) => {
    expect(await refusal(google, newPerson(account))).toBe('401 invalid_token');
    expect(await identitiesOf(server.user('jonas').id)).toEqual([]);
  });

  it('that was closed stays closed, and says why', async () => {
    const person = newPerson();
    const { user, token } = await signIn(google, person);
    await server.context.write({}, async (tx) => {
      await tx.updateTable('users').set({ status: 'disabled' }).where('id', '=', user.id).execute();
      const decision = { user_id: user.id, decision: 'denied', note: 'Ask in March.' } as const;
      await tx
        .insertInto('account_decisions')
        .values({ ...decision, decided_by: user.id, decided_at: new Date().toISOString() })
        .execute();
    });
    expect((await call(server, '/v1/whoami', { token })).status).toBe(401);
    for (const other of [person, newPerson({ email: person.email })]) {
      const { status, body } = await exchange(google, other);
      expect(status).toBe(403);
      expect(apiErrorBodySchema.parse(body).error.message).toContain('Ask in March.');
    }
  });
});

describe('the list of addresses that may sign in', () => {
  const allowlist = kisenonSettings({ allowlist: ['*@acme.example', 'priya@northwind.example'] }).allowlist;

  it.each([
    ['someone@acme.example', true],
    ['SOMEONE.ELSE@ACME.EXAMPLE', true],
    ['priya@northwind.example', true],
    ['other@northwind.example', false],
    ['someone@sub.acme.example', false],
    ['someone@notacme.example', false],
    ['someone@acme.example.evil.example', false],
  ])('%s: %s', async (email, allowed) => {
    configure({ allowlist });
    const { status, body } = await exchange(google, newPerson({ email }));
    expect(status).toBe(allowed ? 200 : 403);
    if (allowed) return;
    expect(apiErrorBodySchema.parse(body).error.code).toBe('email_not_allowed');
    const made = await server.context.db
      .selectFrom('users')
      .select('id')
      .where('email', '=', email)
      .execute();
    expect(made).toEqual([]);
  });

  it('counts for accounts that are there, from their next sign-in', async () => {
    const person = newPerson({ email: 'lukas@northwind.example' });
    await signIn(google, person);
    configure({ allowlist });
    expect(await refusal(google, person)).toBe('403 email_not_allowed');
    expect(await refusal(google, { ...person, email: 'lukas@acme.example' })).toBe('403 email_not_allowed');
    configure({ allowlist: [] });
    expect(await refusal(google, newPerson())).toBe('403 email_not_allowed');
  });
});

describe('where accounts have to be approved', () => {
  it('new ones wait, those of operators and old ones do not', async () => {
    const old = newPerson();
    await signIn(google, old);
    const operator = newPerson();
    configure({ approval: 'required', operators: [operator.email] });
    const statusOf = async (person: ProviderAccount) =>
      (await userRow((await signIn(google, person)).user.id)).status;
    expect(await statusOf(newPerson())).toBe('pending');
    expect(await statusOf(operator)).toBe('active');
    expect(await statusOf(old)).toBe('active');
  });
});
