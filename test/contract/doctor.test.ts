import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../contracts/ipc/doctor.ts';
import { systemClock } from '../../main/adapters/clock.ts';
import type { DoctorService } from '../../main/core/doctor/doctor-service.ts';
import { registriesHandlers } from '../../main/ipc/registries.ts';
import { answerWith, httpAnswer, serveSocket } from '../support/agent-sockets.ts';
import { helperHome, usualPath, type HelperHome } from '../support/helper-home.ts';
import { writeProgram } from '../support/helper-programs.ts';
import { registerContext } from '../support/register-context.ts';
import { hasTool, runTool } from '../support/registry-tools.ts';
import { call, signIn } from '../support/server-client.ts';
import { startLocalServer, type LocalServer } from '../support/local-server.ts';

// Each state in which sign-in does not work is made for real, found, and mended by what the Doctor offers.

/** How far the app's clock is off, milliseconds. */
let offBy = 0;
let server: LocalServer;
let home: HelperHome;
let maya: string;
let authFile: string;
let dockerFile: string;

beforeAll(async () => {
  server = await startLocalServer();
  home = await helperHome({ ...systemClock, now: () => new Date(Date.now() + offBy) });
  maya = await home.addContext(server, 'maya');
  authFile = home.app.authFile;
  dockerFile = inHome('.docker', 'config.json');
});
afterAll(async () => {
  await home.dispose();
  await server.stop();
});

function inHome(...names: string[]): string {
  return path.join(home.app.home, ...names);
}

async function find(doctor: DoctorService, id: string): Promise<Finding | undefined> {
  return (await doctor.run()).find((finding) => finding.id === id);
}

/** The state of each thing, by the kind of check. */
async function states(doctor: DoctorService): Promise<Record<string, string>> {
  return Object.fromEntries((await doctor.run()).map(({ id, state }) => [id.split(':')[0] ?? id, state]));
}

/** Has the Doctor find it, clicks the button and says how it stands then. */
async function mended(id: string, label: string, doctor = home.doctor()): Promise<Finding['state'] | 'gone'> {
  const finding = await find(doctor, id);
  expect(finding).toMatchObject({
    state: expect.stringMatching(/^(broken|warning)$/) as string,
    mend: { by: 'keyhold', label },
  });
  const after = await doctor.mend(id);
  expect(home.app.parts.logged().at(-1)).toBe(`doctor.mended | ${finding?.subject ?? ''}: ${label}`);
  return after.find((each) => each.id === id)?.state ?? 'gone';
}

/** Runs a finding's command in a shell, as the person does who copied it, and then says a variable. */
async function paste(
  doctor: DoctorService,
  id: string,
  env: Readonly<Record<string, string>>,
  variable = 'PATH',
): Promise<string> {
  return pasteFound(doctor, await doctor.run(), id, env, variable);
}

/** The same, of what was found before. */
async function pasteFound(
  doctor: DoctorService,
  findings: readonly Finding[],
  id: string,
  env: Readonly<Record<string, string>>,
  variable = 'PATH',
): Promise<string> {
  expect(findings.find((finding) => finding.id === id)).toMatchObject({
    state: expect.stringMatching(/^(broken|warning)$/) as string,
    mend: { by: 'person' },
  });
  const command = `${doctor.command(id)}\nprintf %s "\${${variable}-nothing}"`;
  const { code, stdout, stderr } = await runTool(home.app.home, 'sh', ['-c', command], env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

beforeEach(async () => {
  for (const client of ['podman', 'docker'] as const) await home.app.registries.setUp(maya, client);
});

it('finds nothing where all is well, and looks at everything', async () => {
  const all = ['agent', 'helper', 'path', 'answer', 'environment', 'entry', 'password', 'registries_conf'];
  expect(await states(home.doctor())).toEqual(
    Object.fromEntries([...all, 'clock', 'sign_in'].map((id) => [id, 'ok'])),
  );
  expect(home.app.parts.logged().at(-1)).not.toContain('doctor.mended');
});

it('gives nobody a token when it looks', async () => {
  const before = home.app.parts.logged();
  await home.doctor().run();
  expect(home.app.parts.tokens.live()).toEqual([]);
  expect(home.app.parts.logged()).toEqual(before);
});

const notFound = broken('The helper does not find the agent.');

function broken(found: unknown): object {
  return { state: 'broken', found };
}

describe('the agent', () => {
  it('that does not listen is started', async () => {
    await home.agent.stop();
    expect(await find(home.doctor(), 'answer')).toMatchObject(notFound);
    expect(await mended('agent', 'Start agent')).toBe('ok');
    expect(await find(home.doctor(), 'answer')).toMatchObject({ state: 'ok' });
  });

  it('whose socket is gone makes a new one', async () => {
    const { socket } = await home.agent.state();
    await rm(socket);
    expect(await mended('agent', 'Start agent')).toBe('ok');
    expect((await stat(socket)).isSocket()).toBe(true);
  });

  it('that a look at the registries brings back is no trouble of theirs', async () => {
    await rm((await home.agent.state()).socket);
    const deps = { ...home.app.parts, registries: home.app.registries, doctor: home.doctor() };
    const { agent, troubles } = await registriesHandlers({ ...deps, agent: home.agent }).list();
    expect({ listening: agent.listening, broken: troubles.broken }).toEqual({ listening: true, broken: 0 });
  });

  it('whose place is taken is started once it is free', async () => {
    await home.agent.stop();
    const { socket } = await home.agent.state();
    const other = await serveSocket(socket, answerWith(httpAnswer('200 OK', 'hello\n')));
    await home.agent.start();
    expect(await find(home.doctor(), 'agent')).toMatchObject({
      found: expect.stringContaining('Another program listens in its place') as string,
    });
    await new Promise((closed) => other.close(closed));
    expect(await mended('agent', 'Start agent')).toBe('ok');
  });

  it.each([
    ['a file', (socket: string) => writeFile(socket, 'mine'), 'Something else lies in its place'],
    [
      'another program’s socket',
      (socket: string) => serveSocket(socket, (connection) => connection.destroy()),
      'Another program listens in its place',
    ],
  ])('whose socket was replaced by %s is not called well', async (_what, occupy, found) => {
    const { socket } = await home.agent.state();
    await rm(socket);
    const other = await occupy(socket);
    expect(await home.agent.keep()).toMatchObject({ listening: false });
    expect(await find(home.doctor(), 'agent')).toMatchObject(
      broken(expect.stringContaining(found) as string),
    );
    if (other) await new Promise((closed) => other.close(closed));
    else await rm(socket);
    expect(await mended('agent', 'Start agent')).toBe('ok');
  });

  it.each([
    ['socket', 0o666],
    ['folder', 0o755],
  ])('whose %s others may use is closed to them', async (what, mode) => {
    const { socket } = await home.agent.state();
    const file = what === 'socket' ? socket : path.dirname(socket);
    const right = (await stat(file)).mode;
    await chmod(file, mode);
    expect(await mended('agent', 'Keep others out')).toBe('ok');
    expect((await stat(file)).mode).toBe(right);
  });
});

describe('the helper', () => {
  it.each([
    ['is missing', () => rm(home.app.helper)],
    ['was changed', () => writeFile(home.app.helper, '#!/bin/sh\nexit 1\n')],
    ['cannot be executed', () => chmod(home.app.helper, 0o644)],
  ])('that %s is installed', async (_what, spoil) => {
    await spoil();
    expect(await mended('helper', 'Install helper')).toBe('ok');
    expect(await find(home.doctor(), 'answer')).toMatchObject({ state: 'ok' });
  });

  it('that is not on PATH is there after the command', async () => {
    const env = { PATH: process.env['PATH'] ?? '' };
    const PATH = await paste(home.doctor(env), 'path', env);
    expect(await find(home.doctor({ PATH }), 'path')).toMatchObject({ state: 'ok' });
    expect(await find(home.doctor({ PATH }), 'answer')).toMatchObject({ state: 'ok' });
  });

  it.each([
    ['says something else', 'cat; exit 1', 'The program does not answer as Keyhold’s helper does.'],
    ['never answers', 'exec sleep 60', 'No answer within 5 seconds.'],
  ])('behind another program that %s comes first after the command', async (_what, lines, found) => {
    await writeProgram(inHome('odd', 'docker-credential-keyhold'), lines);
    const env = { PATH: [inHome('odd'), usualPath(home.app.helper)].join(path.delimiter) };
    const doctor = home.doctor(env);
    // Once: a program that does not answer is waited for.
    const findings = await doctor.run();
    expect(findings.find(({ id }) => id === 'answer')).toMatchObject({ state: 'broken', found });
    const PATH = await pasteFound(doctor, findings, 'path', env);
    expect(await states(home.doctor({ PATH }))).toMatchObject({ path: 'ok', answer: 'ok' });
  });

  it('that looks for the agent in another place says so', async () => {
    const doctor = home.doctor({ XDG_RUNTIME_DIR: inHome('elsewhere') });
    expect(await find(doctor, 'answer')).toMatchObject(notFound);
  });
});

describe('the environment', () => {
  const login = (host: string): string => JSON.stringify({ auths: { [host]: { auth: 'bWF5YTpwdw==' } } });

  it.each([
    ['REGISTRY_AUTH_FILE', () => inHome('ci', 'auth.json'), 'broken'],
    ['DOCKER_CONFIG', () => inHome('ci'), 'warning'],
    // Docker before 28.3 does not read it: doctor-clients.test.ts.
    ['DOCKER_AUTH_CONFIG', () => login(server.host), expect.stringMatching(/^(broken|warning)$/) as string],
    ['DOCKER_AUTH_CONFIG', () => login('other.example'), 'warning'],
  ])('with %s is found, and the command unsets it', async (name, value, state) => {
    const env = { [name]: value() };
    const doctor = home.doctor(env);
    const id = `environment:${name}`;
    expect(await find(doctor, id)).toMatchObject({ state });
    expect(JSON.stringify(await doctor.run())).not.toContain('bWF5YTpwdw==');
    expect(await paste(doctor, id, { ...env, PATH: process.env['PATH'] ?? '' }, name)).toBe('nothing');
    expect(await states(home.doctor())).toMatchObject({ environment: 'ok' });
  });
});

describe('the entry', () => {
  it.each([
    ['podman', 'Podman', () => authFile],
    ['docker', 'Docker', () => dockerFile],
  ] as const)('of %s that was taken out is put back', async (client, name, file) => {
    await writeFile(file(), '{"auths": {}}');
    const id = `entry:${client}:${server.host}`;
    expect(await mended(id, `Set up ${name} again`)).toBe('ok');
    expect(JSON.parse(await readFile(file(), 'utf8'))).toEqual({
      auths: {},
      credHelpers: { [server.host]: 'keyhold' },
    });
  });

  it('that was never made is made; a client that is not here is not missed', async () => {
    for (const client of ['podman', 'docker'] as const) await home.app.registries.undo(maya, client);
    const nothing = { PATH: path.dirname(home.app.helper) };
    expect(await find(home.doctor(nothing), `entry:docker:${server.host}`)).toBeUndefined();
    await writeProgram(inHome('programs', 'docker'), 'exit 0');
    const env = { PATH: [inHome('programs'), usualPath(home.app.helper)].join(path.delimiter) };
    const doctor = home.doctor(env);
    expect(await find(doctor, `entry:docker:${server.host}`)).toMatchObject({ state: 'broken' });
    expect(await mended(`entry:podman:${server.host}`, 'Set up Podman', doctor)).toBe('ok');
    // One client is set up: that the other is not may be as it should be.
    expect(await find(doctor, `entry:docker:${server.host}`)).toMatchObject({ state: 'warning' });
    expect(await mended(`entry:docker:${server.host}`, 'Set up Docker', doctor)).toBe('ok');
  });

  it('of another helper is left to the person', async () => {
    await writeFile(authFile, JSON.stringify({ credHelpers: { [server.host]: 'pass' } }));
    const id = `entry:podman:${server.host}`;
    expect(await find(home.doctor(), id)).toMatchObject({ state: 'broken', mend: { command: null } });
    await writeFile(authFile, '{}');
    expect(await mended(id, 'Set up Podman again')).toBe('ok');
  });

  it('in a file that is no JSON is made anew once the file is moved away', async () => {
    await writeFile(authFile, '{ "auths": ');
    const doctor = home.doctor();
    const id = `entry:podman:${server.host}`;
    expect(await find(doctor, id)).toMatchObject({ state: 'broken' });
    await paste(doctor, id, {});
    expect(await readFile(`${authFile}.broken`, 'utf8')).toBe('{ "auths": ');
    expect(await mended(id, 'Set up Podman again')).toBe('ok');
  });
});

describe('a stored password', () => {
  it.runIf(hasTool('skopeo'))(
    'of a login that shadows Keyhold is removed, and Keyhold is asked again',
    async () => {
      const { password } = server.user('maya');
      const image = ['--tls-verify=false', `docker://${server.host}/acme/web`];
      await home.run('skopeo', ['login', '--tls-verify=false', '-u', 'maya', '-p', password, server.host]);
      expect((await home.run('skopeo', ['list-tags', ...image])).calls).toEqual([]);
      expect(await mended(`password:session:${server.host}`, 'Remove password')).toBe('gone');
      expect(JSON.parse(await readFile(inHome('run', 'containers', 'auth.json'), 'utf8'))).toEqual({
        auths: {},
      });
      expect((await home.run('skopeo', ['list-tags', ...image])).calls).toEqual(['get']);
    },
  );

  it('that lies about for nothing is removed, and all else in the file stays', async () => {
    const lines = ['{', ' "auths": {', '  "quay.example": { "auth": "YTpi" }', ' },', ' "x": 1.50', '}', ''];
    const login = `  "https://${server.host}/v1/": { "auth": "bWF5YTpwdw==" },`;
    await writeFile(dockerFile, lines.toSpliced(2, 0, login).join('\n'));
    await home.app.registries.setUp(maya, 'docker');
    const before = await readFile(dockerFile, 'utf8');
    expect(await mended(`password:docker:${server.host}`, 'Remove password')).toBe('gone');
    expect(await readFile(dockerFile, 'utf8')).toBe(
      before.replace(login.trimStart(), '').replace(/\n\s+ {2}"quay/, '\n  "quay'),
    );
  });

  it('is none where a helper left an empty entry, or where Keyhold is not asked', async () => {
    await writeFile(dockerFile, JSON.stringify({ auths: { [server.host]: {} } }));
    await home.app.registries.setUp(maya, 'docker');
    expect(await states(home.doctor())).toMatchObject({ password: 'ok' });
  });
});

describe('registries.conf', () => {
  const conf = (): string => inHome('.config', 'containers', 'registries.conf');

  it.runIf(hasTool('skopeo'))(
    'that names helpers of its own keeps clients from asking, until its line is out',
    async () => {
      const image = ['--tls-verify=false', `docker://${server.host}/acme/web`];
      await writeFile(conf(), 'credential-helpers = ["pass"]\nunqualified-search-registries = []\n');
      expect((await home.run('skopeo', ['list-tags', ...image])).calls).toEqual([]);
      const doctor = home.doctor();
      expect(await find(doctor, 'registries_conf')).toMatchObject({ state: 'broken' });
      await paste(doctor, 'registries_conf', {});
      expect(await readFile(conf(), 'utf8')).toBe('unqualified-search-registries = []\n');
      expect(await find(doctor, 'registries_conf')).toMatchObject({ state: 'ok' });
      expect((await home.run('skopeo', ['list-tags', ...image])).calls).toEqual(['get']);
      await rm(conf());
    },
  );

  it.each([
    ['of the system', () => inHome('etc', 'containers', 'registries.conf')],
    ['in a part of it', () => inHome('etc', 'containers', 'registries.conf.d', '10-own.conf')],
  ])('%s that calls Keyhold for all registries is worth a look', async (_what, place) => {
    await mkdir(path.dirname(place()), { recursive: true });
    await writeFile(
      place(),
      'credential-helpers = [\n  "containers-auth.json", # as usual\n  "keyhold",\n]\n',
    );
    expect(await find(home.doctor(), 'registries_conf')).toMatchObject({
      state: 'warning',
      mend: { by: 'person', command: null },
    });
    await rm(place());
    expect(await find(home.doctor(), 'registries_conf')).toMatchObject({ state: 'ok' });
  });
});

describe('the services', () => {
  it('refuse a token while the clock is off', async () => {
    offBy = 20 * 60_000;
    const ahead = await home.doctor().run();
    offBy = 20_000;
    const slightly = await states(home.doctor());
    offBy = 0;
    expect(ahead.find(({ id }) => id === 'clock')).toMatchObject({
      state: 'broken',
      found: expect.stringMatching(/^This computer’s clock is 1,[12]\d\d s ahead of /) as string,
      mend: { by: 'person', command: 'sudo timedatectl set-ntp true' },
    });
    expect(ahead.find(({ id }) => id === `sign_in:${server.host}`)).toMatchObject(
      broken('The service refused a fresh token.'),
    );
    expect(slightly).toMatchObject({ clock: 'warning', sign_in: 'ok' });
    expect(await states(home.doctor())).toMatchObject({ clock: 'ok', sign_in: 'ok' });
  });

  it('that are gone, or do not know the key, are named with what to do, and are well once that is done', async () => {
    const data = await mkdtemp(path.join(tmpdir(), 'keyhold-server-'));
    let other = await startLocalServer({ dataDir: data });
    const priya = await home.addContext(other, 'priya');
    const id = `sign_in:${other.host}`;
    expect(await find(home.doctor(), id)).toMatchObject({ state: 'ok' });
    const { kid = '' } = home.app.parts.keys.current(priya) ?? {};
    const token = await signIn(other, 'priya');
    expect((await call(other, `/v1/keys/${kid}`, { method: 'DELETE', token })).status).toBe(204);
    const unknown = { found: expect.stringContaining('does not know the key') as string };
    // The list of registries says what a service said last, and asks it not again.
    const { host, port } = new URL(other.origin);
    const listed = async (): Promise<unknown> => {
      const { registries } = await home.doctor().overview();
      return registries.find((registry) => registry.host === host)?.clients.podman.trouble;
    };
    expect(await listed()).toBeNull();
    expect(await find(home.doctor(), id)).toMatchObject(unknown);
    expect(await listed()).toEqual({ state: 'broken', subject: `Sign-in to ${host}` });

    await other.stop();
    expect(await find(home.doctor(), id)).toMatchObject(broken('The service did not answer.'));
    other = await startLocalServer({ dataDir: data, port: Number(port) });
    expect(await find(home.doctor(), id)).toMatchObject(unknown);

    home.app.parts.keys.create(priya, 'second');
    await registerContext(home.app.parts, priya, other, await signIn(other, 'priya'));
    expect(await find(home.doctor(), id)).toMatchObject({ state: 'ok' });
    expect(await listed()).toBeNull();
    home.app.parts.contexts.remove(priya);
    await other.stop();
    await rm(data, { recursive: true });
  });
});

describe('the list of registries', () => {
  async function podman(doctor = home.doctor()): Promise<{ trouble: unknown; broken: number }> {
    const { registries, troubles } = await doctor.overview();
    return { trouble: registries[0]?.clients.podman.trouble, broken: troubles.broken };
  }

  it('calls an entry well only where the Doctor finds nothing about it', async () => {
    expect(await podman()).toEqual({ trouble: null, broken: 0 });
  });

  it('tells of a helper that was replaced, and starts it not', async () => {
    const mark = inHome('started');
    await writeFile(home.app.helper, `#!/bin/sh\ntouch ${mark}\n`);
    // It may answer all the same: only who starts it knows.
    expect(await podman()).toEqual({ trouble: { state: 'warning', subject: 'Helper program' }, broken: 0 });
    await expect(stat(mark)).rejects.toThrow('ENOENT');
    expect(await mended('helper', 'Install helper')).toBe('ok');
    expect(await podman()).toEqual({ trouble: null, broken: 0 });
  });

  it('tells of a helper that is gone, one that is not on PATH, and an agent that does not listen', async () => {
    await rm(home.app.helper);
    expect((await podman()).trouble).toEqual({ state: 'broken', subject: 'Helper program' });
    expect(await mended('helper', 'Install helper')).toBe('ok');
    expect((await podman(home.doctor({ PATH: '/usr/bin:/bin' }))).trouble).toEqual({
      state: 'broken',
      subject: 'PATH',
    });
    await home.agent.stop();
    expect((await podman()).trouble).toEqual({ state: 'broken', subject: 'Agent' });
    expect(await mended('agent', 'Start agent')).toBe('ok');
  });

  it('tells of a variable and of a password that come before Keyhold, for that client alone', async () => {
    const doctor = home.doctor({ REGISTRY_AUTH_FILE: '/tmp/other.json' });
    const { registries } = await doctor.overview();
    expect(registries[0]?.clients).toMatchObject({
      podman: { entry: 'keyhold', trouble: { state: 'broken', subject: 'REGISTRY_AUTH_FILE' } },
      docker: { entry: 'keyhold', trouble: null },
    });
  });
});
