import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileLogger } from '../../main/adapters/logger.ts';
import { DiskTextFiles } from '../../main/adapters/text-files.ts';
import { fetchHttpClient } from '../../main/adapters/http-client.ts';
import { systemRandom } from '../../main/adapters/random.ts';
import { systemClock } from '../../main/adapters/clock.ts';
import { GrantService } from '../../main/core/grants/grant-service.ts';
import { BotService } from '../../main/core/bots/bot-service.ts';
import { SecretClipboard } from '../../main/core/clipboard/secret-clipboard.ts';
import { ServiceCalls } from '../../main/core/service/service-calls.ts';
import { registerContext } from '../support/register-context.ts';
import { RepositoryClient, registryError } from '../support/registry-client.ts';
import { hasTool, runTool } from '../support/registry-tools.ts';
import type { ToolResult } from '../support/registry-tools.ts';
import { call, signIn } from '../support/server-client.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { TestServer } from '../support/server.ts';
import { TestClipboard } from '../unit/main/clipboard/test-clipboard.ts';
import { signInParts } from '../unit/main/signin/sign-in-parts.ts';
import type { SignInParts } from '../unit/main/signin/sign-in-parts.ts';

const docsFile = path.join(import.meta.dirname, '../../docs/ci.md');

let server: TestServer;
let parts: SignInParts;
let contextId: string;
let bots: BotService;
let grants: GrantService;
let clipboard: TestClipboard;
/** What the user answers to the save dialog. */
let saveTo: string | null;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'keyhold-ci-'));
  server = await startLocalServer();
  parts = await signInParts(systemClock);
  contextId = (await parts.add({ address: server.host, userId: server.user('maya').id })).id;
  await registerContext(parts, contextId, server, await signIn(server, 'maya'));
  const { vault, credentials, contexts, activity, folder } = parts;
  const logger = fileLogger(folder, 'silent');
  clipboard = new TestClipboard();
  const base = { vault, credentials, contexts, activity, clock: systemClock, random: systemRandom };
  const service = new ServiceCalls({ ...base, http: fetchHttpClient(fetch) });
  bots = new BotService({
    ...base,
    service,
    clipboard: new SecretClipboard({ clipboard, clock: systemClock, vault, logger, seconds: () => 60 }),
    files: new DiskTextFiles(logger),
    dialogs: { save: () => Promise.resolve(saveTo), open: () => Promise.resolve(null) },
  });
  grants = new GrantService({ ...base, service });
  const owner = await RepositoryClient.open(server, 'maya', 'acme/web');
  await owner.putManifest('v1', await owner.newImage('for the build'));
});
afterAll(async () => {
  await parts.dispose();
  await server.stop();
  await rm(home, { recursive: true, force: true });
});

/** The first block of a language in docs/ci.md. */
async function documented(language: string): Promise<string> {
  const text = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(await readFile(docsFile, 'utf8'))?.[1];
  if (text === undefined) throw new Error(`docs/ci.md has no block of ${language}`);
  return text;
}

const place = (name: string) => ({ contextId, org: 'acme', name });
const web = () => ({ contextId, repository: 'acme/web' });

/** A bot with a key whose credential is saved to a file, as its owner does it. */
async function newBot(name: string): Promise<{ file: string; credentialId: string }> {
  await bots.create(place(name));
  const { credentialId } = await bots.makeKey(place(name), 'Build server');
  saveTo = path.join(home, `${name}.env`);
  expect(await bots.saveCredential(credentialId)).toBe(`${name}.env`);
  return { file: saveTo, credentialId };
}

/** A token by the documented lines, in a process that has the credential file and nothing else. */
async function documentedToken(file: string): Promise<ToolResult> {
  const program = path.join(home, 'token.mjs');
  await writeFile(program, await documented('js'));
  return runTool(home, process.execPath, [`--env-file=${file}`, program]);
}

async function asBuild(file: string): Promise<RepositoryClient> {
  const { stdout, stderr } = await documentedToken(file);
  expect(stderr).toBe('');
  return RepositoryClient.open(server, { username: 'bot', password: stdout.trim() }, 'acme/web');
}

describe('a bot’s credential', () => {
  it('is a file for its owner alone, the same as the variables, and holds no more than it must', async () => {
    const { file, credentialId } = await newBot('files');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const text = await readFile(file, 'utf8');
    expect(parseEnv(text)).toEqual({
      KEYHOLD_ORIGIN: server.origin,
      KEYHOLD_REGISTRY: server.host,
      KEYHOLD_BOT: 'bot:acme/files',
      KEYHOLD_ALG: 'Ed25519',
      KEYHOLD_KID: expect.stringMatching(/^[\w-]{43}$/) as string,
      KEYHOLD_KEY: expect.stringMatching(/^[\w+/=]{64}$/) as string,
    });
    await bots.copyCredential(credentialId);
    expect(await clipboard.read()).toBe(text);
  });

  it('can be had until it is closed, and not after', async () => {
    const { credentialId } = await newBot('closed');
    saveTo = null;
    expect(await bots.saveCredential(credentialId)).toBeNull();
    bots.closeCredential(credentialId);
    await expect(bots.saveCredential(credentialId)).rejects.toMatchObject({ code: 'credential_gone' });
    await expect(bots.copyCredential(credentialId)).rejects.toMatchObject({ code: 'credential_gone' });
  });

  it('is gone when the vault locks, also with the dialog open', async () => {
    const { credentialId, file } = await newBot('locked');
    await rm(file);
    saveTo = file;
    const saving = bots.saveCredential(credentialId);
    parts.vault.lock();
    await expect(saving).rejects.toMatchObject({ code: 'credential_gone' });
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
    await parts.unlock();
  });

  it('is in the log without a secret', async () => {
    const { file } = await newBot('logged');
    const secret = parseEnv(await readFile(file, 'utf8'))['KEYHOLD_KEY'] ?? '';
    const log = parts.logged();
    expect(log).toEqual(
      expect.arrayContaining([
        'bot.created | Work | acme/logged',
        expect.stringMatching(/^bot\.key_made \| Work \| acme\/logged, key /),
        'bot.credential_saved | Work | acme/logged',
      ]),
    );
    expect(log.join()).not.toContain(secret);
  });
});

describe('a build with nothing but the credential', () => {
  it('signs its own token with the ten documented lines', async () => {
    const lines = (await documented('js')).trimEnd().split('\n');
    expect(lines).toHaveLength(10);
    const { file } = await newBot('tokens');
    const { stdout } = await documentedToken(file);
    const who = await call(server, '/v1/whoami', { token: stdout.trim() });
    expect(who.body).toMatchObject({ bot: { subject: 'bot:acme/tokens' }, auth: { method: 'key' } });
  });

  it.skipIf(!hasTool('skopeo'))('pulls an image with the documented commands', async () => {
    const { file } = await newBot('pulls');
    await grants.grant(web(), { to: { kind: 'bot', name: 'pulls' }, permission: 'reader', expiresAt: null });
    const config = path.join(home, '.config', 'containers');
    await mkdir(config, { recursive: true });
    // What a machine for builds has anyway: which images it trusts, and here that the registry has no TLS.
    await writeFile(path.join(config, 'policy.json'), '{"default":[{"type":"insecureAcceptAnything"}]}');
    await writeFile(
      path.join(config, 'registries.conf'),
      `[[registry]]\nlocation = "${server.host}"\ninsecure = true\n`,
    );
    await writeFile(path.join(home, 'token.mjs'), await documented('js'));
    const environment = parseEnv(await readFile(file, 'utf8')) as Record<string, string>;
    const run = await runTool(home, 'sh', ['-euc', await documented('sh')], {
      ...environment,
      XDG_CONFIG_HOME: path.join(home, '.config'),
      PATH: `${path.dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    });
    expect({ code: run.code, said: run.stderr }).toEqual({ code: 0, said: expect.any(String) as string });
    const index = JSON.parse(await readFile(path.join(home, 'image', 'index.json'), 'utf8')) as object;
    expect(index).toMatchObject({ manifests: [expect.anything()] });
  });

  it('pushes as a writer, and no more once its owner takes that back', async () => {
    const { file } = await newBot('pushes');
    const given = await grants.grant(web(), {
      to: { kind: 'bot', name: 'pushes' },
      permission: 'writer',
      expiresAt: null,
    });
    const build = await asBuild(file);
    expect((await build.putManifest('ci', await build.newImage('built'))).status).toBe(201);
    await grants.revoke(web(), given.id);
    const late = await registryError(await build.send('blobs/uploads/', { method: 'POST' }));
    expect(late).toMatchObject({ status: 404, code: 'NAME_UNKNOWN' });
    expect((await build.send('manifests/ci')).status).toBe(404);
  });

  it('is cut off once its key is revoked or its bot deleted', async () => {
    const { file } = await newBot('ends');
    await grants.grant(web(), { to: { kind: 'bot', name: 'ends' }, permission: 'reader', expiresAt: null });
    const build = await asBuild(file);
    expect((await build.send('manifests/v1')).status).toBe(200);
    const kid = (await bots.list(contextId)).bots.find(({ name }) => name === 'ends')?.keys[0]?.kid ?? '';
    await bots.revokeKey(place('ends'), kid);
    await expect(asBuild(file)).rejects.toThrow('401');
    expect((await build.send('manifests/v1')).status).toBe(401);
    await bots.remove(place('ends'));
    expect((await build.send('manifests/v1')).status).toBe(401);
  });
});

describe('what the app asks of the service', () => {
  it('lists bots with keys and grants, and repositories with rights', async () => {
    await newBot('listed');
    await grants.grant(web(), { to: { kind: 'bot', name: 'listed' }, permission: 'reader', expiresAt: null });
    const list = await bots.list(contextId);
    expect(list).toMatchObject({ org: 'acme', allowed: true });
    expect(list.bots.find(({ name }) => name === 'listed')).toMatchObject({
      createdBy: 'maya',
      keys: [{ label: 'Build server', lastUsedAt: null }],
      grants: [{ repository: 'acme/web', permission: 'reader', expiresAt: null }],
    });
    expect(await grants.repositories(contextId)).toContainEqual({
      name: 'acme/base',
      public: true,
      actions: ['read', 'write', 'delete', 'admin'],
    });
  });

  it('follows the pages of a long list of repositories', async () => {
    const names = Array.from({ length: 101 }, (_, at) => `acme/many-${String(at).padStart(3, '0')}`);
    for (const name of names) await (await RepositoryClient.open(server, 'maya', name)).beginUpload();
    const found = (await grants.repositories(contextId)).map(({ name }) => name);
    expect(found.filter((name) => name.startsWith('acme/many-'))).toEqual(names);
    expect(found).toContain('acme/web');
  });

  it('lets people in by email until a day, and says when nobody is there', async () => {
    const { email } = server.user('priya');
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const to = { kind: 'user', email } as const;
    await grants.grant(web(), { to, permission: 'reader', expiresAt });
    expect(await grants.list(web())).toContainEqual(
      expect.objectContaining({ kind: 'user', name: 'priya', email, permission: 'reader', expiresAt }),
    );
    expect(
      (await (await RepositoryClient.open(server, 'priya', 'acme/web')).send('manifests/v1')).status,
    ).toBe(200);
    const nobody = { ...to, email: 'nobody@acme.example' };
    const grant = (change: object) =>
      grants.grant(web(), { to, permission: 'reader', expiresAt: null, ...change });
    await expect(grant({ to: nobody })).rejects.toMatchObject({ code: 'nobody_found' });
    const past = new Date(Date.now() - 1000).toISOString();
    await expect(grant({ expiresAt: past })).rejects.toMatchObject({ code: 'expiry_passed' });
  });

  it('lets somebody use a repository of more parts and none that begins alike', async () => {
    const { email } = server.user('priya');
    const repository = 'acme/web/authorizations';
    await (await RepositoryClient.open(server, 'maya', repository)).beginUpload();
    const to = { kind: 'user', email } as const;
    const granted = await grants.grant(
      { contextId, repository },
      { to, permission: 'reader', expiresAt: null },
    );
    expect(await grants.list({ contextId, repository })).toEqual([granted]);
    expect(await grants.list(web())).not.toContainEqual(granted);
    await grants.revoke({ contextId, repository }, granted.id);
    expect(await grants.list({ contextId, repository })).toEqual([]);
  });

  it('is not held when the vault is locked before the service has answered', async () => {
    await bots.create(place('late'));
    const making = bots.makeKey(place('late'), 'Build server');
    parts.vault.lock();
    await expect(making).rejects.toMatchObject({ code: 'vault_locked' });
    await parts.unlock();
    const { bots: all } = await bots.list(contextId);
    expect(all.find(({ name }) => name === 'late')?.keys, 'known to the service, to be revoked').toHaveLength(
      1,
    );
  });

  it('says what is taken, gone or not allowed', async () => {
    await newBot('twice');
    await expect(bots.create(place('twice'))).rejects.toMatchObject({ code: 'bot_name_taken' });
    await expect(bots.remove(place('nobody'))).rejects.toMatchObject({ code: 'bot_gone' });
    await expect(bots.makeKey(place('nobody'), 'x')).rejects.toMatchObject({ code: 'bot_gone' });
    await expect(grants.list({ contextId, repository: 'acme/nothing' })).rejects.toMatchObject({
      code: 'repository_gone',
    });
    const gone = grants.revoke(web(), `g_${'a'.repeat(26)}`);
    await expect(gone).rejects.toMatchObject({ code: 'grant_gone' });
    const foreign = bots.create({ contextId, org: 'northwind', name: 'x' });
    await expect(foreign).rejects.toMatchObject({ code: 'not_allowed' });
  });

  it('is empty for a member, who may not see bots', async () => {
    const jonas = await parts.add({ address: server.host, userId: server.user('jonas').id, name: 'Jonas' });
    await registerContext(parts, jonas.id, server, await signIn(server, 'jonas'));
    expect(await bots.list(jonas.id)).toEqual({ org: 'acme', allowed: false, bots: [] });
    const list = grants.list({ contextId: jonas.id, repository: 'acme/web' });
    await expect(list).rejects.toMatchObject({ code: 'not_allowed' });
  });
});
