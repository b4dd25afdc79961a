import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultWindowSettings } from '../../../../contracts/domain/settings.ts';
import { AutostartFile } from '../../../../main/adapters/autostart-file.ts';
import { systemClock } from '../../../../main/adapters/clock.ts';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import { DiskTextFiles } from '../../../../main/adapters/text-files.ts';
import { AuthFileStore } from '../../../../main/core/registries/auth-file-store.ts';
import { SettingsStore } from '../../../../main/core/settings/settings-store.ts';
import { compileCache } from '../../../support/server.ts';
import { makeSmallDisk, noSmallDisk, type SmallDisk } from '../../../support/small-disk.ts';
import { addContext } from '../registries/add-context.ts';
import { registryParts, registryService, type RegistryParts } from '../registries/registry-parts.ts';

const reason = noSmallDisk();
// Printed, so that a run that leaves these out says so.
if (reason !== null) process.stdout.write(`skipped: writes on a full disk, because ${reason}\n`);

const refused = { code: 'storage_failed' };
const logger = fileLogger(tmpdir(), 'silent');
const files = new DiskTextFiles(logger);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyhold-broken-off-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A program that uses the app's own files, run with what is in `code`. */
function program(code: string, options: { uid?: number } = {}): ReturnType<typeof spawn> {
  const adapters = join(import.meta.dirname, '../../../../main/adapters');
  // Those that are killed would leave nothing in the cache.
  const text = `
    import { flushCompileCache } from 'node:module';
    import { DiskTextFiles } from '${adapters}/text-files.ts';
    import { fileLogger } from '${adapters}/logger.ts';
    flushCompileCache();
    const files = new DiskTextFiles(fileLogger('/', 'silent'));
    ${code}`;
  return spawn(process.execPath, ['--input-type=module-typescript', '-e', text], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
    ...options,
  });
}

describe('a writer that is killed', () => {
  it('leaves the old file or the new one, and what it had begun goes with the next write', async () => {
    const target = join(folder, 'auth.json');
    const size = 4_000_000;
    for (let round = 0; round < 8; round++) {
      const child = program(`
        for (let turn = 0; ; turn++) {
          await files.writeAtomic('${target}', (turn % 2 ? 'a' : 'b').repeat(${String(size)}), 0o600);
          if (turn === ${String(round)}) console.log('goes on');
        }`);
      if (child.stdout !== null) await once(child.stdout, 'data');
      child.kill('SIGKILL');
      await once(child, 'close');
      expect(['a'.repeat(size), 'b'.repeat(size)]).toContain(readFileSync(target, 'utf8'));
    }
    writeFileSync(join(folder, '.auth.json.keyhold-0123456789abcdef'), 'what a killed write had begun');
    writeFileSync(join(folder, '.auth.json.keyhold-not-ours'), 'something else');
    await files.writeAtomic(target, 'whole', 0o600);
    expect(readdirSync(folder).sort()).toEqual(['.auth.json.keyhold-not-ours', 'auth.json']);
  });

  it('does not cost another write of the same file what that has begun', async () => {
    const target = join(folder, 'auth.json');
    await Promise.all(
      ['1', '2', '3', '4'].map((text) => files.writeAtomic(target, text.repeat(500_000), 0o600)),
    );
    expect(readdirSync(folder)).toEqual(['auth.json']);
  });
});

describe('a write that was done is not reported as one that was not', () => {
  it.skipIf(process.getuid?.() !== 0)('where the folder’s own entry cannot be synced', async () => {
    // A folder that may be written to, but not opened.
    const place = join(folder, 'place');
    mkdirSync(place);
    const nobody = 65_534;
    for (const each of [folder, place]) chownSync(each, nobody, nobody);
    chmodSync(place, 0o300);
    const child = program(
      `console.log(await files.writeAtomic('${place}/auth.json', 'new', 0o600).then(() => 'written', String));`,
      { uid: nobody },
    );
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
    await once(child, 'close');
    expect(said.trim()).toBe('written');
    expect(readFileSync(join(place, 'auth.json'), 'utf8')).toBe('new');
  });
});

describe('a torn file', () => {
  it.each(['', '[Desktop Entry]\nType=Application\nNa', 'Exec="/opt/keyhold"\n'])(
    'at the place of the start at login is not believed to start anything: %j',
    async (text) => {
      const path = join(folder, 'keyhold.desktop');
      const item = new AutostartFile({ files, path, command: ['/opt/keyhold'] });
      writeFileSync(path, text);
      expect(await item.isOn()).toBe(false);
      await item.set(true);
      expect(await item.isOn()).toBe(true);
    },
  );

  it('of settings counts for nothing, at any length', async () => {
    const path = join(folder, 'settings.json');
    const store = (): SettingsStore => new SettingsStore({ files, clock: systemClock, logger, path });
    await store().change({ theme: 'dark', closeToTray: true });
    const whole = readFileSync(path, 'utf8');
    for (let length = 0; length < whole.trimEnd().length; length += 7) {
      writeFileSync(path, whole.slice(0, length));
      const torn = store();
      await torn.load();
      expect(torn.current).toEqual(defaultWindowSettings);
    }
  });

  it('names one program on one line, whatever its path is', async () => {
    const path = join(folder, 'keyhold.desktop');
    const command = ['/opt/key\nHidden=true\nExec=evil\r\thold'];
    await new AutostartFile({ files, path, command }).set(true);
    expect(
      readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => /^(Exec|Hidden)=/.test(line)),
    ).toHaveLength(1);
  });
});

describe.skipIf(reason !== null)('on a full disk', () => {
  let disk: SmallDisk;
  let parts: RegistryParts;
  beforeEach(async () => {
    disk = makeSmallDisk();
    parts = await registryParts();
  });
  afterEach(async () => {
    await parts.dispose();
    disk.remove();
  });

  /** All files of the disk and what is in them. */
  function contents(at = disk.folder): Record<string, string> {
    return Object.fromEntries(
      readdirSync(at, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.startsWith('ballast'))
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => [path, readFileSync(path, 'utf8')]),
    );
  }

  it('settings are on the disk as they are in memory', async () => {
    const path = join(disk.folder, 'settings.json');
    const store = new SettingsStore({ files, clock: systemClock, logger, path });
    await store.change({ theme: 'dark' });
    const before = contents();
    disk.fill(0);
    await expect(store.change({ theme: 'light' })).rejects.toMatchObject(refused);
    expect(store.current.theme).toBe('dark');
    expect(contents()).toEqual(before);
  });

  it('a set-up leaves the file, its copy and the record as they were, and later ones are undone to the byte', async () => {
    const registries = registryService(parts.parts, disk.folder);
    const context = addContext(parts.parts, { host: 'registry.example' });
    const authFile = join(disk.folder, '.config', 'containers', 'auth.json');
    const first = `{"auths":{"quay.io":{"auth":"${'QUJD'.repeat(1200)}"}}}`;
    mkdirSync(dirname(authFile), { recursive: true });
    writeFileSync(authFile, first, { mode: 0o600 });
    await registries.installHelper();
    const before = contents();
    // Room for the copy of the file, and for a part of the new one.
    for (const room of [0, 4096, 8192, 12_288]) {
      disk.fill(room);
      await expect(registries.setUp(context.id, 'podman')).rejects.toMatchObject({
        code: 'auth_file_not_written',
        details: { obstacle: 'full' },
      });
      disk.empty();
      expect(contents()).toEqual(before);
      expect((await registries.list()).registries[0]?.clients.podman).toMatchObject({
        entry: 'none',
        canUndo: false,
      });
    }
    const later = `{"auths":{"other.example":{"auth":"eHl6"}}}`;
    writeFileSync(authFile, later);
    await registries.setUp(context.id, 'podman');
    expect(readFileSync(`${authFile}.keyhold-backup`, 'utf8')).toBe(later);
    expect(await registries.undo(context.id, 'podman')).toEqual({ restored: 'exact' });
    expect(readFileSync(authFile, 'utf8')).toBe(later);
    expect(existsSync(`${authFile}.keyhold-backup`)).toBe(false);
  });

  it('the start at login stays off, and the copy of the file before a change is whole', async () => {
    const path = join(disk.folder, 'autostart', 'keyhold.desktop');
    const item = new AutostartFile({ files, path, command: ['/opt/keyhold'] });
    disk.fill(0);
    await expect(item.set(true)).rejects.toMatchObject(refused);
    expect(await item.isOn()).toBe(false);
    disk.empty();
    const store = new AuthFileStore(files);
    const file = join(disk.folder, 'auth.json');
    writeFileSync(file, 'old');
    await store.change(file, 'old', 'new');
    expect(contents()).toMatchObject({ [file]: 'new', [`${file}.keyhold-backup`]: 'old' });
  });
});
