import Sqlite from 'better-sqlite3';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json, text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditVerifySchema } from '../../contracts/server-api/audit.ts';
import { discoverySchema } from '../../contracts/server-api/discovery.ts';
import { makeCertificate } from '../support/certificate.ts';
import { startLocalServer } from '../support/local-server.ts';
import { call, errorCode, registerTestKey, signIn } from '../support/server-client.ts';
import { runServer, startTestServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { newTestKey } from '../support/test-key.ts';

let folder: string;
let servers: TestServer[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyhold-process-'));
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Parameters<typeof startTestServer>[0] = {}): Promise<TestServer> {
  const server = await startTestServer(options);
  servers.push(server);
  return server;
}

/** Starts a server that must fail; gives its exit code and what it said. */
async function failingStart(args: string[]) {
  const run = runServer(args);
  const code = await run.ended;
  return { code, stderr: run.stderr(), stdout: run.stdout() };
}

describe('starting', () => {
  it('prints one line of JSON on stdout and everything else on stderr, and leaves no temporary folder of blobs', async () => {
    const run = runServer(['--port', '0', '--seed', 'demo'], { TMPDIR: folder });
    const line = await run.firstLine;
    expect(readdirSync(folder)).toHaveLength(1);
    run.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
    expect(run.stdout()).toBe(`${line}\n`);
    const { origin, users } = JSON.parse(line) as {
      origin: string;
      users: { username: string; password: string }[];
    };
    expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(users.map(({ username }) => username)).toEqual(['maya', 'jonas', 'priya']);
    for (const { password } of users) expect(run.stderr()).not.toContain(password);
  });

  it('says of an empty server how its first administrator signs in, and never again', async () => {
    const lines = [];
    for (const said of [true, false]) {
      const run = runServer(['--port', '0', '--data', folder]);
      const { origin, ...more } = JSON.parse(await run.firstLine) as { origin: string };
      lines.push(more);
      const body = JSON.stringify({ username: 'admin', password: 'admin' });
      const headers = { 'content-type': 'application/json' };
      const login = await fetch(`${origin}/api/v1/auth/login`, { method: 'POST', headers, body });
      expect([login.status, await login.json()]).toMatchObject([200, { must_change_password: true }]);
      run.kill('SIGINT');
      expect(await run.ended).toBe(0);
      expect(run.stderr().includes('Sign in as "admin" with the password "admin"')).toBe(said);
    }
    expect(lines).toEqual([{ first_sign_in: { username: 'admin', password: 'admin' } }, {}]);
  });

  it('with other dialects than it speaks fails in one line', async () => {
    const { code, stderr } = await failingStart(['--port', '0', '--dialects', 'keyhold,kheeper']);
    expect(code).toBe(2);
    expect(stderr).toBe(
      'keyhold server: In the option "dialects.1" must be "keyhold", "kisenon", "artifact-keeper" or "tkeeper". See --help.\n',
    );
  });

  it('on a port that is taken fails in one line that says what to do', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as AddressInfo;
    const { code, stderr, stdout } = await failingStart(['--port', String(port), '--log-level', 'silent']);
    blocker.close();
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      `keyhold server: Port ${String(port)} on 127.0.0.1 is already in use. ` +
        'Stop the other program or choose another port with --port (0 for a free one).\n',
    );
  });

  it.each([
    [['--prot', '1'], /Unknown option '--prot'/],
    [['--data', '/dev/null/data', '--port', '0'], /data folder .* cannot be used \(ENOTDIR\)/],
  ])('with settings that cannot be used fails in one line: %j', async (args, message) => {
    const { code, stderr, stdout } = await failingStart(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('on a file that is no database fails and leaves the file alone', async () => {
    const file = join(folder, 'keyhold.sqlite');
    writeFileSync(file, 'this is not a database, but somebody’s only copy of something');
    const before = readFileSync(file);
    const { code, stderr } = await failingStart(['--port', '0', '--data', folder]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/database .* cannot be opened/);
    expect(readFileSync(file)).toEqual(before);
  });

  it('on the data folder of a running server fails', async () => {
    servers.push(await startLocalServer({ dataDir: folder }));
    const { code, stderr } = await failingStart(['--port', '0', '--data', folder]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/in use by another server/);
  });
});

describe('stopping', () => {
  it('lets a request that runs come to its end, then takes no new one', async () => {
    const server = await start();
    const { hostname, port } = new URL(server.origin);
    const body = JSON.stringify({ username: 'maya', password: server.user('maya').password });
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /v1/auth/login HTTP/1.1\r\nHost: ${server.host}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${String(body.length)}\r\nExpect: 100-continue\r\n\r\n`,
    );
    const answer = text(socket);
    // "100 Continue" says that the server has the request and waits for its body.
    await once(socket, 'readable');
    const stopped = server.stop();
    await refused(hostname, Number(port));
    socket.write(body);
    expect(await answer).toMatch(/HTTP\/1\.1 200 OK[^]*"token":"khs_/);
    expect(await stopped).toBe(0);
    expect(server.log()).not.toContain('cut off');
  });
});

/** Waits until nobody listens on a port any more. */
async function refused(host: string, port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, host);
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (!open) return;
  }
}

describe('the data folder', () => {
  it('keeps users, keys and sessions over a restart, for the owner only, and no password or session token', async () => {
    const first = await start({ args: ['--data', folder] });
    const key = await newTestKey();
    const session = await registerTestKey(first, 'maya', key);
    const oldPassword = first.user('maya').password;
    await first.stop();
    for (const name of ['keyhold.sqlite', 'keyhold.sqlite-wal']) {
      const file = join(folder, name);
      if (!existsSync(file)) continue;
      const bytes = readFileSync(file);
      for (const secret of [session, oldPassword]) expect(bytes.includes(secret)).toBe(false);
    }

    const second = await start({ args: ['--data', folder], demo: false });
    expect((await call(second, '/v1/whoami', { token: session })).status).toBe(200);
    await second.stop();

    const third = await startLocalServer({ dataDir: folder });
    servers.push(third);
    expect(third.user('maya').id).toBe(first.user('maya').id);
    const token = await key.apiToken(third.user('maya').id, third.origin);
    expect((await call(third, '/v1/whoami', { token })).status).toBe(200);
    // The demo's passwords are new at each start, and a session ends with its password.
    expect(third.user('maya').password).not.toBe(oldPassword);
    expect((await call(third, '/v1/whoami', { token: session })).status).toBe(401);
    expect(statSync(join(folder, 'keyhold.sqlite')).mode & 0o077).toBe(0);
  });

  it('shows in the audit log where somebody changed a row', async () => {
    const first = await startLocalServer({ dataDir: folder });
    await call(first, '/v1/auth/login', { body: { username: 'jonas', password: 'wrong' } });
    await signIn(first, 'maya');
    await first.stop();

    const sqlite = new Sqlite(join(folder, 'keyhold.sqlite'));
    const row = sqlite.prepare(`SELECT seq FROM audit_events WHERE outcome = 'failure'`).get() as {
      seq: number;
    };
    sqlite.prepare(`UPDATE audit_events SET target = 'maya' WHERE seq = ?`).run(row.seq);
    sqlite.close();

    const second = await startLocalServer({ dataDir: folder });
    servers.push(second);
    const token = await signIn(second, 'maya');
    const { body } = await call(second, '/v1/audit/verify', { method: 'POST', token });
    expect(auditVerifySchema.parse(body)).toMatchObject({ valid: false, broken_at: row.seq });
  });
});

describe('the log', () => {
  it('holds no credential, however a request carries it', async () => {
    const server = await start({ args: ['--log-level', 'trace'] });
    const key = await newTestKey();
    const maya = server.user('maya');
    const session = await registerTestKey(server, 'maya', key);
    const token = await key.apiToken(maya.id, server.origin);
    const registration = await key.registrationToken(maya.id, server.origin);
    await call(server, '/v1/whoami', { token });
    await call(server, `/v1/whoami?token=${token}`, { token: 'not-a-token-but-secret' });
    await call(server, '/v1/auth/login', { body: { username: 'maya', password: 'wrong-but-secret' } });
    await call(server, '/v1/auth/login', { body: { username: 'maya', passwort: 'typo-but-secret' } });
    await call(server, '/v1/keys', { token: session, body: { registration_token: `${registration}x` } });
    const basic = Buffer.from(`maya:${maya.password}`).toString('base64');
    await fetch(`${server.origin}/v2/token`, { headers: { authorization: `Basic ${basic}` } });
    await fetch(`${server.origin}/dashboard/keys`, { headers: { cookie: `keyhold_session_1=${session}` } });
    await server.stop();

    const log = server.log();
    expect(log).toContain('"path":"/v1/auth/login"');
    const secrets = [
      token,
      session,
      registration,
      maya.password,
      basic,
      'wrong-but-secret',
      'typo-but-secret',
      'not-a-token-but-secret',
    ];
    for (const secret of secrets) expect(log).not.toContain(secret);
  });
});

describe('TLS', () => {
  it('serves https with the given certificate, and says so in its origin and cookies', async ({ skip }) => {
    const files = makeCertificate(folder);
    if (files === null) return skip('openssl is not installed, so there is no certificate to test with');
    const server = await start({ args: ['--tls-cert', files.cert, '--tls-key', files.key] });
    expect(server.origin).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const ca = readFileSync(files.cert);
    const response = await new Promise<{ body: unknown; headers: Record<string, unknown> }>(
      (resolve, reject) => {
        get(`${server.origin}/.well-known/keyhold`, { ca }, (message) => {
          json(message).then((body) => {
            resolve({ body, headers: message.headers });
          }, reject);
        }).on('error', reject);
      },
    );
    expect(discoverySchema.parse(response.body).origin).toBe(server.origin);
    expect(response.headers['strict-transport-security']).toMatch(/max-age=\d+/);
    const login = await new Promise<string[]>((resolve, reject) => {
      get(`${server.origin}/login`, { ca }, (message) => {
        message.resume();
        resolve(message.headers['set-cookie'] ?? []);
      }).on('error', reject);
    });
    expect(login.join()).toMatch(/Secure/);
  });
});

describe('a public origin', () => {
  let server: TestServer;
  let address: string;
  beforeAll(async () => {
    server = await startTestServer({ args: ['--origin', 'https://keyhold.example'] });
    // The start line names the public origin; the test reaches the server at the address in its log.
    address = /listening at (http:\/\/[\d.:]+)/.exec(server.log())?.[1] ?? '';
  });
  afterAll(() => server.stop());

  it('with TLS keeps nothing of a form that came from the same name without it', async () => {
    for (const [origin, kept] of [
      [address.replace('http:', 'https:'), true],
      [address, false],
    ] as const) {
      const response = await fetch(`${address}/dashboard/keys`, {
        method: 'POST',
        headers: { origin, accept: 'text/html' },
        body: new URLSearchParams({ registration_token: 'typed' }),
      });
      const draft = response.headers.getSetCookie().some((each) => each.startsWith('__Host-keyhold_draft='));
      const shown = (await response.text()).includes('typed');
      expect([response.status, draft, shown]).toEqual([403, kept, false]);
    }
  });

  it('gives cookies that are of this host alone: no other one of the domain can plant any', async () => {
    const token = await signIn({ ...server, origin: address }, 'maya');
    const cookie = `__Host-keyhold_session=${token}`;
    const page = await fetch(`${address}/orgs`, { headers: { cookie } });
    const [secret = ''] = page.headers.getSetCookie();
    const _csrf = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
    const done = await fetch(`${address}/orgs`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: `${cookie}; ${secret.split(';')[0] ?? ''}` },
      body: new URLSearchParams({ _csrf, name: 'Behind TLS', slug: '' }),
    });
    expect(done.status).toBe(303);
    const set = [secret, ...done.headers.getSetCookie()];
    expect(set).toHaveLength(2);
    for (const each of set)
      expect(each).toMatch(/^__Host-keyhold_(?:csrf|done)=.*Path=\/; HttpOnly; Secure;/);
  });

  it('is what discovery says and what tokens must be for', async () => {
    const local = { ...server, origin: address };
    expect(discoverySchema.parse((await call(local, '/.well-known/keyhold')).body)).toMatchObject({
      origin: 'https://keyhold.example',
      dashboard_url: 'https://keyhold.example/dashboard/keys',
    });
    const key = await newTestKey();
    await registerTestKey({ ...local, origin: address }, 'maya', {
      ...key,
      registrationToken: (id) => key.registrationToken(id, server.origin),
    });
    const id = server.user('maya').id;
    expect((await call(local, '/v1/whoami', { token: await key.apiToken(id, server.origin) })).status).toBe(
      200,
    );
    expect(errorCode(await call(local, '/v1/whoami', { token: await key.apiToken(id, address) }))).toBe(
      'token_wrong_origin',
    );
  });
});
