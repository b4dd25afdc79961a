import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings, defaultWindowSettings } from '../../../../contracts/domain/settings.ts';
import { DiskTextFiles } from '../../../../main/adapters/text-files.ts';
import type { Logger } from '../../../../main/core/ports.ts';
import { themeForFirstFrame } from '../../../../main/core/settings/first-frame-theme.ts';
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
    expect(store.current).toEqual(defaultWindowSettings);
    expect(store.setAside).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('survive a restart, in a file for the user alone', async () => {
    const store = await loaded();
    await store.change({ closeToTray: true, theme: 'dark' });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await loaded()).current).toEqual({ ...defaultWindowSettings, closeToTray: true, theme: 'dark' });
  });

  it('are told to listeners once they are kept', async () => {
    const store = await loaded();
    const seen: string[] = [];
    store.onChange(() => seen.push(store.current.theme));
    await store.change({ theme: 'dark' });
    expect(seen).toEqual(['dark']);
  });

  it('lose no change when two are made at once', async () => {
    const store = await loaded();
    await Promise.all([store.change({ theme: 'dark' }), store.change({ closeToTray: true })]);
    expect((await loaded()).current).toEqual({
      ...defaultWindowSettings,
      theme: 'dark',
      closeToTray: true,
    });
  });

  it('have their defaults for what an earlier version did not know', async () => {
    writeFileSync(path, JSON.stringify({ version: 1, theme: 'dark' }));
    expect((await loaded()).current).toEqual({ ...defaultWindowSettings, theme: 'dark' });
  });

  it('stay as they were when they cannot be kept', async () => {
    const store = await loaded();
    // A file where the folder should be: nobody can write into that, root neither.
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    await expect(store.change({ theme: 'dark' })).rejects.toMatchObject({ code: 'storage_failed' });
    expect(store.current).toEqual(defaultWindowSettings);
  });
});

describe('settings that protect', () => {
  it('are no part of the file any more, and are only told to whoever takes them over', async () => {
    writeFileSync(
      path,
      JSON.stringify({ version: 1, theme: 'dark', autoLockMinutes: null, askBeforeUse: false }),
    );
    const store = await loaded();
    expect(store.current).toEqual({ ...defaultWindowSettings, theme: 'dark' });
    expect(store.earlier).toEqual({ autoLockMinutes: null, askBeforeUse: false });
    const written = new Promise<void>((done) => store.onChange(done));
    store.dropEarlier();
    await written;
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      version: 1,
      ...defaultWindowSettings,
      theme: 'dark',
    });
    expect((await loaded()).earlier).toEqual({});
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
    expect(store.current).toEqual(defaultWindowSettings);
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
    expect(themeForFirstFrame(formatSettings({ ...defaultWindowSettings, theme }))).toBe(theme);
  });

  it.each([null, '', '{', 'null', '[]', '{"theme":"pink"}', '{"theme":1}', '"dark"'])(
    'is the system’s for %j',
    (text) => {
      expect(themeForFirstFrame(text)).toBe('system');
    },
  );
});
