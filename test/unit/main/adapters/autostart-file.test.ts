import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AutostartFile } from '../../../../main/adapters/autostart-file.ts';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import { DiskTextFiles } from '../../../../main/adapters/text-files.ts';

let folder: string;
let path: string;

function autostart(...command: string[]): AutostartFile {
  return new AutostartFile({ files: new DiskTextFiles(fileLogger(folder, 'silent')), path, command });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyhold autostart $HOME '));
  path = join(folder, 'config', 'autostart', 'keyhold.desktop');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('start at login', () => {
  it('is a file of its own, and gone when it is off', async () => {
    const item = autostart('/opt/keyhold/keyhold', '--at-login');
    expect(await item.isOn()).toBe(false);
    await item.set(true);
    expect(await item.isOn()).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o644);
    expect(readFileSync(path, 'utf8')).toContain('Exec="/opt/keyhold/keyhold" "--at-login"\n');
    await item.set(false);
    expect(existsSync(path)).toBe(false);
    await item.set(false);
  });

  it.skipIf(process.platform !== 'linux')('starts exactly this program, as a desktop reads it', async () => {
    const log = join(folder, 'arguments');
    const program = join(folder, 'a program "quoted" `ls` \\ end');
    writeFileSync(
      program,
      `#!/bin/sh\nprintf '%s\\n' "$@" >'${log.replaceAll("'", `'\\''`)}.new'\nmv '${log}.new' '${log}'\n`,
    );
    chmodSync(program, 0o700);
    const odd = [
      '--at-login',
      '$HOME',
      '`id`',
      '%u',
      'a "b" c',
      'back\\slash',
      'two\\\\',
      'end\\',
      '100%',
      "it's",
    ];
    await autostart(program, ...odd).set(true);
    // GLib's own reader, which GNOME and others use, starts it and waits until it has ended.
    execFileSync('gio', ['launch', path], { env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: 'disabled:' } });
    await expect.poll(() => existsSync(log)).toBe(true);
    expect(readFileSync(log, 'utf8').trimEnd().split('\n')).toEqual(odd);
  });

  it.each(['Hidden=true', 'X-GNOME-Autostart-enabled=false'])(
    'is off when the desktop wrote %s',
    async (line) => {
      const item = autostart('/opt/keyhold/keyhold');
      await item.set(true);
      const text = readFileSync(path, 'utf8').replace('X-GNOME-Autostart-enabled=true', line);
      writeFileSync(path, text);
      expect(await item.isOn()).toBe(false);
      await item.refresh();
      expect(readFileSync(path, 'utf8')).toBe(text);
      await item.set(true);
      expect(await item.isOn()).toBe(true);
    },
  );

  it('follows a program that has moved, and makes no file by itself', async () => {
    await autostart('/opt/old').refresh();
    expect(existsSync(path)).toBe(false);
    await autostart('/opt/old').set(true);
    await autostart('/opt/new').refresh();
    expect(readFileSync(path, 'utf8')).toContain('Exec="/opt/new"\n');
  });
});
