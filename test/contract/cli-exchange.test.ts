import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  mePath,
  meSchema,
  refreshPath,
  tokenPairSchema,
} from '../../contracts/server-api/artifact-keeper/session.ts';
import { cliExchangeAnswerSchema } from '../../contracts/server-api/kisenon/loopback.ts';
import { auditPageSchema } from '../../contracts/server-api/audit.ts';
import { maxApiKeys } from '../../reference-server/identity/api-key-changes.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { allowedCode, exchange, newProgram } from '../support/loopback-program.ts';
import type { LoopbackProgram } from '../support/loopback-program.ts';
import { call, errorCode, signIn } from '../support/server-client.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());
afterEach(() => vi.restoreAllMocks());

async function newCode(changes: Record<string, string | undefined> = {}, username = 'maya') {
  const program = newProgram(changes);
  const session = await signIn(server, username);
  return { program, session, code: await allowedCode(server, session, program) };
}

function later(seconds: number): void {
  const then = Date.now() + seconds * 1000;
  vi.spyOn(server.context, 'now').mockImplementation(() => new Date(then));
}

/** The exchange with its answer: a key, a session or tokens. */
async function got(program: LoopbackProgram, code: string) {
  const result = await exchange(server, program, code);
  expect(result.body).toMatchObject({ user: { username: 'maya' } });
  const answer = cliExchangeAnswerSchema.parse(result.body);
  const secret =
    'api_key' in answer ? answer.api_key : 'token' in answer ? answer.token : answer.access_token;
  return { answer, secret };
}

const whoami = (token: string) => call(server, '/v1/whoami', { token });

async function setRole(username: string, role: 'viewer' | 'member' | 'owner' | null): Promise<void> {
  const { id } = server.user(username);
  await server.context.write({}, async (tx) => {
    const { id: org_id } = await tx
      .selectFrom('organizations')
      .select('id')
      .where('slug', '=', 'acme')
      .executeTakeFirstOrThrow();
    await tx.deleteFrom('memberships').where('user_id', '=', id).execute();
    const created_at = new Date().toISOString();
    if (role !== null)
      await tx.insertInto('memberships').values({ org_id, user_id: id, role, created_at }).execute();
  });
}

describe('exchanging a code', () => {
  it('gives an API key of the person, named after program and computer', async () => {
    const { program, code } = await newCode();
    const { answer, secret } = await got(program, code);
    expect(answer).toMatchObject({ name: 'keon on maya-laptop', org: 'acme', role: 'owner' });
    expect((await whoami(secret)).body).toMatchObject({
      user: { username: 'maya' },
      org: 'acme',
      auth: {
        method: 'api-key',
        key_id: 'id' in answer ? answer.id : '',
        scopes: ['read_write', 'org:acme'],
      },
    });
    const { events } = auditPageSchema.parse(
      (await call(server, '/v1/audit', { token: await signIn(server, 'maya') })).body,
    );
    expect(events.find(({ action }) => action === 'login_code.issued')).toMatchObject({
      actor_name: 'maya',
      org: 'acme',
      details: { program: 'keon', computer: 'maya-laptop', access: 'api-key' },
    });
    expect(events.find(({ action }) => action === 'login_code.exchanged')).toMatchObject({
      outcome: 'success',
      target: 'id' in answer ? answer.id : '',
      details: { name: 'keon on maya-laptop' },
    });
    expect(JSON.stringify(events)).not.toContain(code);
  });

  it('gives a key that is listed, and that can revoke itself', async () => {
    const { program, session, code } = await newCode();
    const { answer, secret } = await got(program, code);
    const path = `/v1/api-keys/${'id' in answer ? answer.id : ''}`;
    const { body } = await call(server, '/v1/api-keys/', { token: session });
    expect(JSON.stringify(body)).toContain('keon on maya-laptop');
    expect((await call(server, path, { method: 'DELETE', token: secret })).status).toBe(204);
    expect((await whoami(secret)).status).toBe(401);
    // Its end is no reason to end anything else.
    expect(errorCode(await exchange(server, program, code))).toBe('invalid_grant');
  });

  it('says so where there are too many keys, and leaves the code as it was', async () => {
    const { program, code } = await newCode();
    const { id: user_id } = server.user('maya');
    const { context } = server;
    const { org_id } = await context.db
      .selectFrom('login_codes')
      .select('org_id')
      .where('user_id', '=', user_id)
      .executeTakeFirstOrThrow();
    await context.write({}, async (tx) => {
      for (let index = 0; index < maxApiKeys; index += 1) {
        const names = { id: `key_${String(index)}`, secret_hash: `hash ${String(index)}`, name: 'many' };
        const kind = { prefix: 'nsk_many', scope_kind: 'org', capability: 'read' } as const;
        const created_at = new Date().toISOString();
        await tx
          .insertInto('api_keys')
          .values({ ...names, ...kind, org_id, user_id, created_at })
          .execute();
      }
    });
    expect(errorCode(await exchange(server, program, code))).toBe('conflict');
    await context.write({}, (tx) => tx.deleteFrom('api_keys').where('name', '=', 'many').execute());
    await got(program, code);
  });

  it('gives a session of 12 hours where that was asked for', async () => {
    later(0);
    const { program, session, code } = await newCode({ access: 'session' });
    const { answer, secret } = await got(program, code);
    expect(answer).toMatchObject({
      expires_in: 900,
      session_expires_in: 12 * 3600,
      org: 'acme',
      role: 'owner',
    });
    expect((await whoami(secret)).body).toMatchObject({ org: 'acme', auth: { method: 'jwt' } });
    // It is a session of its own, which the browser's sign-out does not end.
    expect((await call(server, '/v1/auth/logout', { method: 'POST', token: session })).status).toBe(204);
    expect((await whoami(secret)).status).toBe(200);
  });

  it('gives tokens of a session that renews itself where those were asked for', async () => {
    later(0);
    const { program, session, code } = await newCode({ access: 'token-pair' });
    const { answer } = await got(program, code);
    expect(answer).toMatchObject({ expires_in: 900, must_change_password: false, org: 'acme' });
    const pair = tokenPairSchema.parse(answer);
    const me = await call(server, mePath, { token: pair.access_token });
    expect(meSchema.parse(me.body).username).toBe('maya');
    // It is a session of its own, which the browser's sign-out does not end, and which its tokens renew for seven days.
    await call(server, '/v1/auth/logout', { method: 'POST', token: session });
    later(6 * 24 * 3600);
    const renewed = await call(server, refreshPath, { body: { refresh_token: pair.refresh_token } });
    const { access_token: next } = tokenPairSchema.parse(renewed.body);
    expect((await whoami(next)).body).toMatchObject({ user: { username: 'maya' } });
  });

  it('cuts names that are too long, both of them', async () => {
    const { program, code } = await newCode({ client_name: 'p'.repeat(64), device: 'd'.repeat(64) });
    const { answer } = await got(program, code);
    expect(answer).toMatchObject({ name: `${'p'.repeat(29)}… on ${'d'.repeat(29)}…` });
  });
});

describe('a code', () => {
  it.each(['api-key', 'session', 'token-pair'])(
    'works once: a second try ends the %s that the first one got',
    async (access) => {
      const { program, code } = await newCode({ access });
      const { secret } = await got(program, code);
      expect((await whoami(secret)).status).toBe(200);
      // Whoever comes second, with whatever verifier, knows a code that nobody else should.
      expect(errorCode(await exchange(server, newProgram(), code))).toBe('invalid_grant');
      expect((await whoami(secret)).status).toBe(401);
    },
  );

  it('goes to one of two who come at once, and then to nobody', async () => {
    const { program, code } = await newCode();
    const tries = await Promise.all([1, 2, 3].map(() => exchange(server, program, code)));
    expect(tries.map(({ status }) => status).toSorted()).toEqual([200, 400, 400]);
    const winner = tries.find(({ status }) => status === 200)?.body as { api_key: string };
    expect((await whoami(winner.api_key)).status).toBe(401);
  });

  const spoiled: Record<string, Record<string, unknown>> = {
    'another verifier': { code_verifier: 'v'.repeat(43) },
    'another port': { redirect_uri: 'http://127.0.0.1:10/callback' },
    'another path': { redirect_uri: 'http://127.0.0.1:9/' },
    'no redirect_uri': { redirect_uri: undefined },
  };
  it.each(Object.entries(spoiled))('is spent by a try with %s', async (_, changes) => {
    const { program, code } = await newCode();
    expect(errorCode(await exchange(server, program, code, changes))).toBe('invalid_grant');
    expect(errorCode(await exchange(server, program, code))).toBe('invalid_grant');
  });

  it('without a redirect_uri takes none', async () => {
    const { program, code } = await newCode({ redirect_uri: undefined });
    await got(program, code);
    const other = await newCode({ redirect_uri: undefined });
    const { program: asked, code: shown } = other;
    const changes = { redirect_uri: 'http://127.0.0.1:9/callback' };
    expect(errorCode(await exchange(server, asked, shown, changes))).toBe('invalid_grant');
  });

  it('works for 60 seconds', async () => {
    const { program, code } = await newCode();
    const other = await newCode();
    later(59);
    await got(program, code);
    later(61);
    expect(errorCode(await exchange(server, other.program, other.code))).toBe('invalid_grant');
  });

  it('notes in the audit log what it was tried for, and a flood of tries not at all', async () => {
    const { program, code } = await newCode();
    await exchange(server, program, code, { code_verifier: 'v'.repeat(43) });
    const failures = () =>
      server.context.db
        .selectFrom('audit_events')
        .select('details')
        .where('action', '=', 'login_code.exchanged')
        .where('outcome', '=', 'failure')
        .execute();
    const noted = await failures();
    expect(noted.at(-1)?.details).toContain('"reason":"wrong_verifier"');
    for (let tries = 0; tries < 3; tries += 1) await exchange(server, program, code);
    expect(await failures()).toEqual(noted);
  });

  it('is remembered for a day once it was used, and forgotten then', async () => {
    const { program, code } = await newCode();
    const { secret } = await got(program, code);
    const rows = () => server.context.db.selectFrom('login_codes').select('code_hash').execute();
    await newCode();
    const before = (await rows()).length;
    later(23 * 3600);
    // Each new code forgets old ones.
    await newCode();
    expect(errorCode(await exchange(server, program, code))).toBe('invalid_grant');
    later(0);
    expect((await whoami(secret)).status).toBe(401);
    later(25 * 3600);
    await newCode();
    expect(before).toBeGreaterThan(1);
    expect((await rows()).length).toBe(1);
  });

  it('ends with the session that allowed it', async () => {
    const { program, session, code } = await newCode();
    await call(server, '/v1/auth/logout', { method: 'POST', token: session });
    expect(errorCode(await exchange(server, program, code))).toBe('invalid_grant');
  });

  it.each(['pending', 'disabled'] as const)('gives nothing to who is %s meanwhile', async (status) => {
    const { program, code } = await newCode({ access: 'session' }, 'jonas');
    const setStatus = (to: 'active' | 'pending' | 'disabled') =>
      server.context.write({}, (tx) =>
        tx.updateTable('users').set({ status: to }).where('username', '=', 'jonas').execute(),
      );
    await setStatus(status);
    expect(errorCode(await exchange(server, program, code))).toBe('invalid_grant');
    await setStatus('active');
    expect(errorCode(await exchange(server, program, code))).toBe('invalid_grant');
  });

  it.each(['viewer', null] as const)('gives no key to who became %s meanwhile', async (role) => {
    const { program, code } = await newCode({}, 'jonas');
    await setRole('jonas', role);
    expect(errorCode(await exchange(server, program, code))).toBe('invalid_grant');
    await setRole('jonas', 'member');
    expect(errorCode(await exchange(server, program, code))).toBe('invalid_grant');
  });

  it('tells who tries many to wait, and gives the right one what is allowed all the same', async () => {
    const { program, code } = await newCode();
    const tries: string[] = [];
    for (const letter of 'abcdefgh')
      tries.push(errorCode(await exchange(server, program, letter.repeat(43))));
    expect(tries.at(-1)).toBe('rate_limited');
    const wait = await exchange(server, program, 'z'.repeat(43));
    expect(Number(wait.headers.get('retry-after'))).toBeGreaterThan(0);
    await got(program, code);
  });

  it('waits with at most nineteen others of the same person', async () => {
    const session = await signIn(server, 'priya');
    await setRole('priya', 'member');
    for (let count = 0; count < 20; count += 1) await allowedCode(server, session, newProgram());
    await expect(allowedCode(server, session, newProgram())).rejects.toThrow('429');
    later(61);
    expect(await allowedCode(server, session, newProgram())).not.toBe('');
    await setRole('priya', null);
  });
});

describe('what is sent for a code', () => {
  const refused: Record<string, Record<string, unknown>> = {
    'no verifier': { code_verifier: undefined },
    'a short verifier': { code_verifier: 'v'.repeat(42) },
    'a long verifier': { code_verifier: 'v'.repeat(129) },
    'a verifier with other characters': { code_verifier: `${'v'.repeat(43)}\n` },
    'a code of another form': { code: 'x' },
    'several codes': { code: ['a', 'b'] },
    'a redirect elsewhere': { redirect_uri: 'https://evil.example/' },
    'something more': { client_secret: 'x' },
  };
  it.each(Object.entries(refused))('is refused with %s, and spends nothing', async (_, changes) => {
    const { program, code } = await newCode();
    expect(errorCode(await exchange(server, program, code, changes))).toBe('invalid_request');
    await got(program, code);
  });
});
