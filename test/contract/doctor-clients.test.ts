import { chmodSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  commonStates,
  dockerFile,
  dockerStates,
  filesOfClients,
  link,
  makeState,
  podmanFile,
  podmanStates,
  type ClientState,
} from '../support/doctor-states.ts';
import { helperHome, usualPath, type HelperHome } from '../support/helper-home.ts';
import { writeProgram } from '../support/helper-programs.ts';
import { hasTool, runTool } from '../support/registry-tools.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { TestServer } from '../support/server.ts';
import { unlessItWaits } from '../support/waiting-for-pipes.ts';

// The Doctor's word beside the clients': in each state of the computer it finds something broken where, and only where,
// the real client does not sign in through Keyhold.

type Environment = Readonly<Record<string, string>>;

let server: TestServer;
let home: HelperHome;

beforeAll(async () => {
  server = await startLocalServer();
  home = await helperHome();
  await home.app.registries.setUp(await home.addContext(server, 'maya'), 'podman');
});
afterEach(async () => {
  for (const folder of ['run/containers', '.config', '.docker', '.dockercfg', 'other']) {
    rmSync(inHome(folder), { recursive: true, force: true });
  }
  await home.app.registries.installHelper();
});
afterAll(async () => {
  await home.dispose();
  await server.stop();
});

function inHome(...names: string[]): string {
  return path.join(home.app.home, ...names);
}

/** What the client is started with, and the Doctor looks at. */
function environment(change: Environment = {}): Environment {
  const usual = { HOME: home.app.home, XDG_RUNTIME_DIR: inHome('run'), PATH: usualPath(home.app.helper) };
  return { ...usual, ...change };
}

const commands = {
  skopeo: (host: string) => ['login', '--get-login', host],
  docker: (host: string) => ['manifest', 'inspect', '--insecure', `${host}/acme/web:v1`],
};

type Client = keyof typeof commands;

/** Whether the client signs in by what Keyhold gives it. One that waits for a pipe does not. */
async function signsIn(client: Client, env: Environment): Promise<boolean> {
  const before = home.app.parts.logged().length;
  const own = { XDG_CONFIG_HOME: inHome('.config'), ...env };
  const result = await unlessItWaits(
    filesOfClients.map((name) => inHome(name)),
    (end) => runTool(home.app.home, client, commands[client](server.host), own, '', end),
  );
  if (result === null) return false;
  const { stdout, stderr, code } = result;
  const isAsked = home.app.parts.logged().length > before;
  return isAsked && (client === 'docker' ? !stderr.includes('unauthorized') : code === 0 && stdout !== '');
}

/** Findings about another client's file than the one that is tried. */
const others = {
  skopeo: /^(entry:docker|password:docker|environment:DOCKER)/,
  docker: /^(entry:podman|password:(podman|session)|environment:REGISTRY|file:|registries_conf)/,
};

/** What the Doctor finds broken for a client. */
async function broken(client: Client, env: Environment): Promise<string[]> {
  const findings = await home.doctor(env).run();
  const ours = findings.filter(({ id, state }) => state === 'broken' && !others[client].test(id));
  return ours.map(({ id, found }) => `${id}: ${found}`);
}

async function expectAgreed(client: Client, expected: boolean | null, env: Environment): Promise<void> {
  const works = await signsIn(client, env);
  expect({ client, works }).toEqual({ client, works: expected ?? works });
  const found = await broken(client, env);
  expect({ well: found.length === 0, found }).toEqual({ well: works, found });
}

function agrees(client: Client, states: readonly ClientState[], file: string): void {
  for (const [name, works, files, change = {}] of states) {
    it(name, async () => {
      makeState(home.app.home, server.host, { [file]: '{ENTRY}', ...files });
      const env = Object.entries(change).map(([key, value]) => [
        key,
        value.replaceAll('HOME', home.app.home),
      ]);
      await expectAgreed(client, works, environment(Object.fromEntries(env) as Environment));
    });
  }
}

/** With a program of another version first on PATH. */
async function withVersion(client: Client, says: string, change: Environment): Promise<Environment> {
  await writeProgram(inHome('other/bin', client), `echo '${says}'`);
  return environment({ ...change, PATH: `${inHome('other/bin')}:${usualPath(home.app.helper)}` });
}

describe.skipIf(!hasTool('skopeo'))('Skopeo with', () => {
  agrees('skopeo', [...podmanStates, ...commonStates], podmanFile);

  it('the helper’s folder behind a link is told so nowhere', async () => {
    makeState(home.app.home, server.host, { [podmanFile]: '{ENTRY}', 'other/bin': link('../.local/bin') });
    const PATH = `${inHome('other/bin')}:${process.env['PATH'] ?? ''}`;
    const findings = await home.doctor(environment({ PATH })).run();
    expect(findings.find(({ id }) => id === 'path')).toMatchObject({ state: 'ok' });
    const { helper } = await home.app.restarted({ path: PATH }).list();
    expect(helper).toMatchObject({ state: 'current', onPath: true });
  });

  it.each([
    ['Docker’s file', dockerFile, '{'],
    ['Docker’s file of old', '.dockercfg', ''],
  ])('%s that stops it for registries without an entry, and a warning of that', async (_what, file, text) => {
    makeState(home.app.home, server.host, { [podmanFile]: '{ENTRY}', [file]: text });
    await expectAgreed('skopeo', true, environment());
    const own = { ...environment(), XDG_CONFIG_HOME: inHome('.config') };
    const other = await runTool(home.app.home, 'skopeo', ['login', '--get-login', 'a.example'], own);
    expect(other.stderr).toContain(inHome(file));
    const found = await home.doctor(environment()).run();
    expect(found).toContainEqual(
      expect.objectContaining({ state: 'warning', found: expect.stringContaining(inHome(file)) as string }),
    );
  });

  it('an agent that others may reach', async () => {
    makeState(home.app.home, server.host, { [podmanFile]: '{ENTRY}' });
    const { socket } = await home.agent.state();
    chmodSync(socket, 0o666);
    await expectAgreed('skopeo', true, environment());
    chmodSync(socket, 0o600);
  });

  it('a helper in a folder that is not written from the root on', async () => {
    makeState(home.app.home, server.host, { [podmanFile]: '{ENTRY}' });
    const folder = path.dirname(home.app.helper);
    const from = (start: string): Environment =>
      environment({ PATH: `${path.relative(start, folder)}:${process.env['PATH'] ?? ''}` });
    expect(await signsIn('skopeo', from(home.app.home))).toBe(false);
    // The Doctor looks from the folder that the app was started in.
    expect(await broken('skopeo', from(process.cwd()))).toEqual([expect.stringMatching(/^path: /)]);
  });

  it('REGISTRY_AUTH_FILE of a file without an entry, by its version', async () => {
    makeState(home.app.home, server.host, { [podmanFile]: '{ENTRY}', 'other/auth.json': '{}' });
    const change = { REGISTRY_AUTH_FILE: inHome('other/auth.json') };
    await expectAgreed('skopeo', await signsIn('skopeo', environment(change)), environment(change));
    const newer = await withVersion('skopeo', 'skopeo version 1.18.0', change);
    expect(await broken('skopeo', newer)).toEqual([expect.stringContaining('alone')]);
  });
});

describe.skipIf(!hasTool('docker'))('Docker with', () => {
  agrees('docker', [...dockerStates, ...commonStates], dockerFile);

  it('a password in DOCKER_AUTH_CONFIG, by its version', async () => {
    makeState(home.app.home, server.host, { [dockerFile]: '{ENTRY}' });
    const auths = { [server.host]: { auth: 'bWF5YTpwdw==' } };
    const change = { DOCKER_AUTH_CONFIG: JSON.stringify({ auths }) };
    await expectAgreed('docker', await signsIn('docker', environment(change)), environment(change));
    const newer = await withVersion('docker', 'Docker version 28.3.0, build 0', change);
    expect(await broken('docker', newer)).toEqual([expect.stringContaining('has a password')]);
  });
});
