import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../../contracts/domain/settings.ts';
import { DiskTextFiles } from '../../../../main/adapters/text-files.ts';
import type { Logger } from '../../../../main/core/ports.ts';
import { themeForFirstFrame } from '../../../../main/core/settings/early-look.ts';
import { formatSettings } from '../../../../main/core/settings/settings-file.ts';
import { SettingsStore } from '../../../../main/core/settings/settings-store.ts';
import { ManualClock } from '../signin/manual-clock.ts';

let folder: string;
let path: string;
let events: string[];

function openStore(): SettingsStore {
  const logger: Logger = {
    info: () => undefined,
    warn: (event) => events.push(event),
    error: (event) => events.push(event),
  };
  const clock = new ManualClock(new Date('2026-11-24T12:00:00.000Z'));
  return new SettingsStore({ files: new DiskTextFiles(logger), clock, logger, path });
}

async function loaded(): Promise<SettingsStore> {
  const store = openStore();
  await store.load();
  return store;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyhold-settings-'));
  path = join(folder, 'settings.json');
  events = [];
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('settings', () => {
  it('are the defaults until there is a file', async () => {
    const store = await loaded();
    expect(store.current).toEqual(defaultSettings);
    expect(store.setAside).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('survive a restart, in a file for the user alone', async () => {
    const store = await loaded();
    await store.change({ autoLockMinutes: null, theme: 'dark' });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await loaded()).current).toEqual({ ...defaultSettings, autoLockMinutes: null, theme: 'dark' });
  });

  it('are told to listeners once they are kept', async () => {
    const store = await loaded();
    const seen: number[] = [];
    store.onChange(() => seen.push(store.current.clipboardSeconds));
    await store.change({ clipboardSeconds: 60 });
    expect(seen).toEqual([60]);
  });

  it('lose no change when two are made at once', async () => {
    const store = await loaded();
    await Promise.all([store.change({ clipboardSeconds: 60 }), store.change({ closeToTray: true })]);
    expect((await loaded()).current).toEqual({ ...defaultSettings, clipboardSeconds: 60, closeToTray: true });
  });

  it('have their defaults for what an earlier version did not know', async () => {
    writeFileSync(path, JSON.stringify({ version: 1, autoLockMinutes: 5 }));
    expect((await loaded()).current).toEqual({ ...defaultSettings, autoLockMinutes: 5 });
  });

  it('stay as they were when they cannot be kept', async () => {
    const store = await loaded();
    // A file where the folder should be: nobody can write into that, root neither.
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    await expect(store.change({ theme: 'dark' })).rejects.toMatchObject({ code: 'storage_failed' });
    expect(store.current).toEqual(defaultSettings);
  });
});

describe('a settings file that cannot be read', () => {
  const broken: readonly [string, string | Buffer][] = [
    ['no JSON', '{"version":1'],
    ['not text', Buffer.from([0xff, 0xfe, 0x00])],
    ['no object', '[]'],
    ['null', 'null'],
    ['a newer version', JSON.stringify({ ...defaultSettings, version: 2 })],
    ['without a version', JSON.stringify(defaultSettings)],
    ['an unknown setting', JSON.stringify({ ...defaultSettings, version: 1, approveAll: true })],
    ['a time under the limit', JSON.stringify({ version: 1, clipboardSeconds: 9 })],
    ['a time over the limit', JSON.stringify({ version: 1, autoLockMinutes: 241 })],
    ['half a minute', JSON.stringify({ version: 1, autoLockMinutes: 0.5 })],
    ['a switch that is a word', JSON.stringify({ version: 1, lockOnSuspend: 'no' })],
  ];

  it.each(broken)('(%s) is set aside to the byte, and the defaults are used', async (_name, content) => {
    writeFileSync(path, content);
    const store = await loaded();
    expect(store.current).toEqual(defaultSettings);
    expect(store.setAside).toBe(true);
    expect(events).toEqual(['settings.set_aside']);
    const kept = 'settings.json.unreadable-2026-11-24T12-00-00-000Z';
    expect(readdirSync(folder)).toEqual([kept]);
    expect(readFileSync(join(folder, kept))).toEqual(Buffer.from(content));
  });

  it('is said once: acknowledged, it is not said again', async () => {
    writeFileSync(path, '{');
    const store = await loaded();
    let changes = 0;
    store.onChange(() => (changes += 1));
    store.acknowledge();
    expect([store.setAside, changes]).toEqual([false, 1]);
    expect((await loaded()).setAside).toBe(false);
  });
});

describe('the theme of the first frame', () => {
  it.each(['system', 'light', 'dark'] as const)('is read from what the store writes: %s', (theme) => {
    expect(themeForFirstFrame(formatSettings({ ...defaultSettings, theme }))).toBe(theme);
  });

  it.each([null, '', '{', 'null', '[]', '{"theme":"pink"}', '{"theme":1}', '"dark"'])(
    'is the system’s for %j',
    (text) => {
      expect(themeForFirstFrame(text)).toBe('system');
    },
  );
});
