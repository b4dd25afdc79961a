import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ensureDependencies } from '../../../scripts/setup/dependencies.mjs';
import { lockProblems, readPackageLock, type LockEntry } from '../../../scripts/setup/package-lock.mjs';
import { checkout } from '../../../scripts/setup/paths.mjs';
import { npm } from '../../../scripts/setup/registry-package.mjs';
import { temporaryFolder, writeFiles } from './setup-folders.ts';

const ours = readPackageLock(checkout);
const jose = ours.packages['node_modules/jose'] as LockEntry & { version: string };
const good: LockEntry = { version: '1.0.0', integrity: `sha512-${'A'.repeat(86)}==` };

function problemsOf(place: string, entry: LockEntry): string[] {
  return lockProblems({ packages: { [place]: entry }, scripts: new Set(['listed']) });
}

describe('lockProblems', () => {
  it('finds nothing in our own lock file', () => {
    expect(lockProblems(ours)).toEqual([]);
    expect(Object.keys(ours.packages).length).toBeGreaterThan(500);
  });

  it.each(['node_modules/a', 'node_modules/@s/a', 'node_modules/b/node_modules/@s/a'])(
    'takes %s',
    (place) => {
      expect(problemsOf(place, good)).toEqual([]);
      const name = place.includes('@s/') ? '@s/a' : 'a';
      const resolved = `https://registry.npmjs.org/${name}/-/a-1.0.0.tgz`;
      expect(problemsOf(place, { ...good, resolved })).toEqual([]);
    },
  );

  it.each<[string, string, LockEntry, string]>([
    ['no hash', 'node_modules/a', { version: '1.0.0' }, 'sha512'],
    ['a weak hash', 'node_modules/a', { ...good, integrity: `sha1-${'A'.repeat(27)}=` }, 'sha512'],
    [
      'a choice of hashes',
      'node_modules/a',
      { ...good, integrity: `${good.integrity ?? ''} sha1-x` },
      'sha512',
    ],
    [
      'another address',
      'node_modules/a',
      { ...good, resolved: 'https://registry.example/a.tgz' },
      'elsewhere',
    ],
    [
      'a look-alike',
      'node_modules/a',
      { ...good, resolved: 'https://registry.npmjs.org.example/' },
      'elsewhere',
    ],
    [
      "another package's address",
      'node_modules/a',
      { ...good, resolved: 'https://registry.npmjs.org/b/-/b-1.0.0.tgz' },
      'elsewhere',
    ],
    ['plain HTTP', 'node_modules/a', { ...good, resolved: 'http://registry.npmjs.org/a' }, 'elsewhere'],
    ['git', 'node_modules/a', { ...good, version: 'git+ssh://git@host/a.git#1' }, 'no version'],
    ['an archive', 'node_modules/a', { ...good, version: 'https://host/a.tgz' }, 'no version'],
    ['a folder', 'node_modules/a', { ...good, link: true }, 'folder'],
    ['a workspace', 'packages/a', good, 'folder'],
    ['another name', 'node_modules/a', { ...good, name: 'b' }, 'another package'],
    ['a script', 'node_modules/a', { ...good, hasInstallScript: true }, 'install script'],
  ])('finds %s', (_, place, entry, words) => {
    expect(problemsOf(place, entry).join()).toContain(words);
  });

  it.each(['https://host/a.tgz', 'github:o/a', 'o/a', 'file:a', '.', 'a.tgz'])(
    'finds %s wanted by package.json, an override or a package',
    (wanted) => {
      const dependencies = { a: wanted };
      const none = { packages: {}, scripts: new Set<string>() };
      expect(lockProblems({ ...none, manifest: { dependencies } })).toHaveLength(1);
      expect(lockProblems({ ...none, manifest: { overrides: { b: dependencies } } })).toHaveLength(1);
      expect(problemsOf('node_modules/b', { ...good, dependencies })).toHaveLength(1);
    },
  );

  it('takes a script that is on the list', () => {
    expect(problemsOf('node_modules/listed', { ...good, hasInstallScript: true })).toEqual([]);
  });
});

/** An archive that calls itself our jose and is not: it brings an install script. */
async function changedArchive(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'keyhold-archive-'));
  const install = `node -e "require('fs').writeFileSync(process.env.INIT_CWD + '/ran', '')"`;
  writeFiles(folder, {
    'jose/package.json': { name: 'jose', version: jose.version, scripts: { install } },
  });
  await npm(['pack', './jose', '--ignore-scripts'], { cwd: folder });
  const archive = readFileSync(join(folder, `jose-${jose.version}.tgz`));
  rmSync(folder, { recursive: true });
  return archive;
}

let changed: Buffer;
beforeAll(async () => {
  changed = await changedArchive();
});

/** A registry that gives the changed archive whatever package is asked for. */
async function changedRegistry(): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url?.endsWith('.tgz') === true) response.end(changed);
    else {
      const tarball = `${origin}/jose/-/jose-${jose.version}.tgz`;
      const versions = { [jose.version]: { name: 'jose', version: jose.version, dist: { tarball } } };
      response.end(JSON.stringify({ name: 'jose', 'dist-tags': { latest: jose.version }, versions }));
    }
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return origin;
}

/** A checkout that wants nothing but jose, by this entry of its lock file, from that registry. */
async function checkoutWith(entry: LockEntry, allowScripts = {}): Promise<string> {
  const root = temporaryFolder();
  const dependencies = { jose: jose.version };
  writeFiles(root, {
    'package.json': { name: 'keyhold', dependencies, allowScripts },
    'package-lock.json': {
      name: 'keyhold',
      lockfileVersion: 3,
      packages: { '': { name: 'keyhold', dependencies }, 'node_modules/jose': entry },
    },
  });
  const npmrc = [
    readFileSync(join(checkout, '.npmrc'), 'utf8').trimEnd(),
    `registry=${await changedRegistry()}/`,
    `cache=${temporaryFolder()}`,
    'fetch-retries=0',
  ];
  writeFiles(root, { '.npmrc': npmrc.join('\n') });
  return root;
}

describe('a registry, or somebody on the way, that gives another archive', () => {
  it('gets it refused by npm, for our lock file has its hash', async () => {
    const root = await checkoutWith(jose);
    await expect(npm(['ci'], { cwd: root })).rejects.toMatchObject({
      output: expect.stringContaining('EINTEGRITY') as string,
    });
    expect(existsSync(join(root, 'node_modules/jose'))).toBe(false);
  });

  it('would have it installed without a hash, which set-up refuses before npm reads it and after', async () => {
    const root = await checkoutWith({ version: jose.version });
    await expect(ensureDependencies(root)).rejects.toThrow('node_modules/jose has no sha512');
    expect(existsSync(join(root, 'node_modules'))).toBe(false);
    await npm(['ci'], { cwd: root });
    expect(existsSync(join(root, 'node_modules/jose'))).toBe(true);
    // All is installed as the lock file says, and it is found all the same.
    await expect(ensureDependencies(root)).rejects.toThrow('node_modules/jose has no sha512');
  });

  it('would have it installed by npm-shrinkwrap.json, which npm prefers and set-up refuses', async () => {
    const root = await checkoutWith(jose);
    const shrinkwrap = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as typeof ours;
    shrinkwrap.packages['node_modules/jose'] = { version: jose.version };
    writeFiles(root, { 'npm-shrinkwrap.json': shrinkwrap });
    await expect(ensureDependencies(root)).rejects.toThrow('npm-shrinkwrap.json');
    await npm(['ci', '--ignore-scripts'], { cwd: root });
    expect(existsSync(join(root, 'node_modules/jose'))).toBe(true);
  });

  it('runs no script that is not on the list, whatever the lock file says', async (context) => {
    const known = await npm(['approve-scripts', '--help']).then(
      () => true,
      () => false,
    );
    context.skip(!known, 'This npm has no list of scripts: set-up runs none, npm ci by hand does.');
    const integrity = `sha512-${createHash('sha512').update(changed).digest('base64')}`;
    const scripted = { ...jose, integrity, hasInstallScript: true };
    const refused = await checkoutWith(scripted);
    await expect(npm(['ci'], { cwd: refused })).rejects.toMatchObject({
      output: expect.stringContaining('strict-allow-scripts') as string,
    });
    expect(existsSync(join(refused, 'ran'))).toBe(false);

    const hidden = await checkoutWith({ ...jose, integrity });
    await npm(['ci'], { cwd: hidden });
    expect(existsSync(join(hidden, 'ran'))).toBe(false);

    const listed = await checkoutWith(scripted, { jose: true });
    await npm(['ci'], { cwd: listed });
    expect(existsSync(join(listed, 'ran'))).toBe(true);
  });
});
