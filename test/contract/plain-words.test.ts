import * as fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings } from '../../reference-server/config/config.ts';
import { call, registerTestKey, signIn } from '../support/server-client.ts';
import { startLocalServer } from '../support/local-server.ts';
import { runServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { newTestKey, nowInSeconds } from '../support/test-key.ts';
import type { TestKey, TokenChange } from '../support/test-key.ts';

/** What libraries and engines say to programmers. */
const raw =
  /Invalid (?:input|option|string|value|key|element|union|url|uuid|email|ISO)|[Ee]xpected|Too (?:small|big)|received|Unrecognized|must match pattern|ZodError|\[object|undefined|\bnull\b|\bNaN\b|\n\s+at |^\s*at \S+ \(|TypeError|SyntaxError|SQLITE_\w+:|FST_|Unexpected token|not valid JSON at/;

let server: TestServer;
let session: string;
let key: TestKey;
let registered: TestKey;
beforeAll(async () => {
  server = await startLocalServer();
  session = await signIn(server, 'maya');
  [key, registered] = await Promise.all([newTestKey(), newTestKey()]);
  await registerTestKey(server, 'maya', registered);
});
afterAll(() => server.stop());

/** Anything that may stand where something else is asked for. */
const anything = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, '', ' ', 0, -1, 1.5, true, [], {}, ['x'], { a: 1 }),
  fc.constantFrom<unknown>('maya', 'maya@example.com', 'u_maya', 'bot:ci', 'http://', 'x'.repeat(400), 1e300),
  fc.string(),
);
const runs = { numRuns: 60 };

/** All texts of an answer, its codes and names of fields too. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

function expectWords(answer: { status: number; body: unknown }): void {
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  const all = texts(answer.body);
  expect(all.length).toBeGreaterThan(0);
  for (const text of all) expect(text).not.toMatch(raw);
}

const changed = (names: readonly string[]): fc.Arbitrary<Record<string, unknown>> =>
  fc.dictionary(fc.constantFrom(...names), anything, { minKeys: 1, maxKeys: 2 });
const tokenChange: fc.Arbitrary<TokenChange> = fc.oneof(
  changed(['iss', 'sub', 'aud', 'iat', 'exp', 'jti', 'name', 'more']).map((claims) => ({ claims })),
  changed(['typ', 'jwk', 'more', 'kid']).map((header) => ({ header })),
);

describe('what the service says about', () => {
  it('a registration token that is none', async () => {
    await fc.assert(
      fc.asyncProperty(tokenChange, async (change) => {
        const token = await key.registrationToken(server.user('maya').id, server.origin, change);
        const answer = await call(server, '/v1/keys', {
          token: session,
          body: { registration_token: token },
        });
        // A change may leave it sound.
        if (answer.status === 201)
          await call(server, `/v1/keys/${key.kid}`, { method: 'DELETE', token: session });
        else expectWords(answer);
      }),
      runs,
    );
  });

  it.each(['maya', 'maya@example.com', 'u-42', '', 'ü', '\u202eu_1'])(
    'a registration token for “%s”: whose it is, which id is right, and what to do',
    async (sub) => {
      const { id } = server.user('maya');
      const token = await key.registrationToken(sub, server.origin);
      const { status, body } = await call(server, '/v1/keys', {
        token: session,
        body: { registration_token: token },
      });
      expect(status).toBe(400);
      const [message = ''] = texts(body).filter((text) => text.includes(' '));
      expect(message).toMatch(/^This registration token is for “.*”, which is no user id\./);
      expect(message).toContain(id);
      expect(message).toContain('choose “Correct user id”');
      expect(message).not.toMatch(/\u202e/);
    },
  );

  it('an API token that is none', async () => {
    const change = fc.oneof(
      changed(['iss', 'sub', 'aud', 'iat', 'exp', 'nbf', 'jti']).map((claims) => ({ claims })),
      changed(['typ', 'kid', 'jwk', 'crit2']).map((header) => ({ header })),
    );
    await fc.assert(
      fc.asyncProperty(change, async (each) => {
        const token = await registered.apiToken(server.user('maya').id, server.origin, each);
        const answer = await call(server, '/v1/whoami', { token });
        if (answer.status !== 200) expectWords(answer);
      }),
      runs,
    );
  });

  const soon = nowInSeconds();
  it.each<[string, string, string, Record<string, unknown>]>([
    ['POST', '/v1/auth/login', 'a sign-in', { username: 'maya', password: 'x' }],
    ['POST', '/v1/keys', 'a key', { registration_token: 'x' }],
    ['POST', '/v1/keys/rotate', 'a rotation', { rotation_token: 'x', registration_token: 'y' }],
    ['POST', '/v1/orgs/acme/bots', 'a bot', { name: 'Ci' }],
    [
      'POST',
      '/v1/repos/acme/web/authorizations',
      'an authorization',
      { email: 'x', bot: 'X', permission: 'all', expires_at: soon },
    ],
  ])('%s %s: %s with anything in its fields', async (method, path, _what, fields) => {
    const body = fc.oneof(
      anything,
      fc.record(Object.fromEntries(Object.keys(fields).map((name) => [name, anything])), {
        requiredKeys: [],
      }),
      fc.constant({ ...fields, more: 1 }),
    );
    await fc.assert(
      fc.asyncProperty(body, async (each) => {
        const answer = await call(server, path, {
          method,
          token: session,
          body: each === undefined ? {} : each,
        });
        if (answer.status >= 400) expectWords(answer);
      }),
      runs,
    );
  });

  it.each([
    '/v1/repos/UPPER/x/authorizations',
    '/v1/repos?after=%20&limit=x',
    '/v1/audit?limit=-1&before=x',
    '/v1/audit?limit=0',
    '/v1/keys/short',
    '/v1/nothing',
    '/v2/UPPER/tags/list',
    '/v2/acme/web/tags/list?n=x',
    '/v2/acme/web/blobs/sha256:x',
    '/v2/acme/web/manifests/!',
  ])('the address %s', async (path) => {
    const answer = await call(server, path, { token: session });
    expectWords(answer);
  });
});

describe('what the server says when it cannot start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyhold-words-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('names the setting and what it must be, for any config file', () => {
    const file = join(folder, 'server.yaml');
    const names = [
      'name',
      'host',
      'port',
      'data',
      'origin',
      'tls_cert',
      'tls_key',
      'trusted_proxies',
      'org_storage_mib',
      'require_https',
      'log_level',
      'seed',
    ];
    const content = fc.oneof(anything, changed([...names, 'more']));
    fc.assert(
      fc.property(
        fc.oneof(
          // In a list, for nothing at all has no JSON.
          content.map((value) => JSON.stringify([value]).slice(1, -1)),
          fc.string(),
        ),
        (text) => {
          writeFileSync(file, text);
          let message = 'fine';
          try {
            loadSettings(['--config', file], {});
          } catch (error) {
            expect(error).toHaveProperty('name', 'ConfigError');
            message = (error as Error).message;
          }
          expect(message.replace(file, '')).not.toMatch(raw);
          expect(message).not.toContain('\n');
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([['--port', 'x'], ['--log-level', 'loud'], ['--origin', 'x'], ['--seed', 'y'], ['--nope']])(
    'in words for %s %s',
    (...args) => {
      expect(() => loadSettings(args, {})).toThrow(/^[A-Z].*\.$/);
      expect(() => loadSettings(args, {})).not.toThrow(raw);
    },
  );

  it('in one line of words for a folder that cannot be', async () => {
    const run = runServer(['--data', '/dev/full/x']);
    expect(await run.ended).toBe(2);
    expect(run.stderr().trimEnd().split('\n')).toHaveLength(1);
    expect(run.stderr()).toMatch(/^keyhold server: [A-Z].*\.\n$/);
    expect(run.stderr()).not.toMatch(raw);
  });

  it('in one line of words for a file that is no database', async () => {
    writeFileSync(join(folder, 'keyhold.sqlite'), 'no database at all, but long enough to be looked at');
    const run = runServer(['--data', folder, '--port', '0']);
    expect(await run.ended).toBe(2);
    expect(run.stderr()).toMatch(/cannot be opened|brought up to date/);
    expect(run.stderr()).not.toMatch(raw);
  });
});
