import { describe, expect, it } from 'vitest';
import { packagesCurrent } from '../../../scripts/setup/dependencies.mjs';
import { stampedPurposes, stampKey, writeStamp } from '../../../scripts/setup/stamp.mjs';
import { temporaryFolder, writeFiles } from './setup-folders.ts';

const RUNTIME = {
  executable: '/e/electron',
  kind: 'official',
  version: '45.0.0',
  nativeBinding: null,
} as const;
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

describe('the stamp', () => {
  it('knows the purposes that set-up was finished for', () => {
    const root = installedCheckout();
    const key = stampKey(root, RUNTIME);
    expect(stampedPurposes(root, key)).toEqual([]);
    writeStamp(root, key, 'start');
    writeStamp(root, key, 'test');
    expect(stampedPurposes(root, key)).toEqual(['start', 'test']);
  });

  it.each([
    ['package-lock.json changes', { 'package-lock.json': { packages: {} } }],
    ['other packages are installed', { 'node_modules/.package-lock.json': { packages: {} } }],
  ])('no longer holds when %s', (_, files) => {
    const root = installedCheckout();
    writeStamp(root, stampKey(root, RUNTIME), 'start');
    writeFiles(root, files);
    expect(stampedPurposes(root, stampKey(root, RUNTIME))).toEqual([]);
  });

  it('no longer holds for another runtime', () => {
    const root = installedCheckout();
    writeStamp(root, stampKey(root, RUNTIME), 'start');
    expect(stampedPurposes(root, stampKey(root, { ...RUNTIME, version: '45.0.1' }))).toEqual([]);
  });

  it('has no key where nothing is installed', () => {
    expect(stampKey(temporaryFolder(), null)).toBe(null);
  });

  it('counts as missing when its file is damaged', () => {
    const root = installedCheckout();
    const key = stampKey(root, RUNTIME);
    writeStamp(root, key, 'start');
    writeFiles(root, { 'node_modules/.keyhold-setup.json': '{"start' });
    expect(stampedPurposes(root, key)).toEqual([]);
    writeStamp(root, key, 'test');
    expect(stampedPurposes(root, key)).toEqual(['test']);
  });
});
