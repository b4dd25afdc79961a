import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagesCurrent } from '../../../scripts/setup/dependencies.mjs';
import { settledRuntime, settleRuntime } from '../../../scripts/setup/runtime.mjs';
import { temporaryFolder, writeFiles } from './setup-folders.ts';

const LOCK = {
  packages: {
    '': { name: 'keyhold' },
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/b-darwin': { version: '2.0.0', integrity: 'sha512-b', optional: true },
  },
};
const INSTALLED = { packages: { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } } };

function installedCheckout(): string {
  const root = temporaryFolder();
  writeFiles(root, { 'package-lock.json': LOCK, 'node_modules/.package-lock.json': INSTALLED });
  return root;
}

describe('packagesCurrent', () => {
  it('is true when all but optional packages are installed as locked', () => {
    expect(packagesCurrent(installedCheckout())).toBe(true);
  });

  it('is false without node_modules', () => {
    const root = temporaryFolder();
    writeFiles(root, { 'package-lock.json': LOCK });
    expect(packagesCurrent(root)).toBe(false);
  });

  it.each([
    ['a package is missing', {}],
    ['a package has another version', { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } }],
    ['a package has another hash', { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-z' } }],
  ])('is false when %s', (_, packages) => {
    const root = installedCheckout();
    writeFiles(root, { 'node_modules/.package-lock.json': { packages } });
    expect(packagesCurrent(root)).toBe(false);
  });

  it('is false when npm was killed while it wrote its list', () => {
    const root = installedCheckout();
    writeFiles(root, { 'node_modules/.package-lock.json': '{"packages": {' });
    expect(packagesCurrent(root)).toBe(false);
  });
});

describe('the Electron that is settled', () => {
  const OFFICIAL = {
    'node_modules/electron/package.json': { version: '45.4.1' },
    'node_modules/electron/dist/version': '45.4.1',
    'node_modules/electron/dist/electron': '',
    'node_modules/electron/path.txt': 'electron',
  };

  function settled(): { root: string; cache: string } {
    const places = { root: installedCheckout(), cache: temporaryFolder() };
    writeFiles(places.root, OFFICIAL);
    expect(settledRuntime(places.root, places.cache)).toBe(null);
    settleRuntime(places.root, join(places.root, 'node_modules/electron/dist/electron'));
    return places;
  }

  it('is known to later set-ups', () => {
    const { root, cache } = settled();
    expect(settledRuntime(root, cache)).toMatchObject({ kind: 'official', version: '45.4.1' });
  });

  it.each([
    ['the packages bring another', { 'node_modules/electron/package.json': { version: '45.4.2' } }],
    ['it is gone', { 'node_modules/electron/path.txt': 'missing' }],
    ['the note is damaged', { 'node_modules/.keyhold-electron': '/' }],
  ])('is looked at anew when %s', (_, files) => {
    const { root, cache } = settled();
    writeFiles(root, files);
    expect(settledRuntime(root, cache)).toBe(null);
  });

  it('is none where nothing is installed', () => {
    expect(settledRuntime(temporaryFolder(), temporaryFolder())).toBe(null);
  });
});
