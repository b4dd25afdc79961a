import { execFile } from 'node:child_process';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  readlink,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import { DiskTextFiles } from '../../../../main/adapters/text-files.ts';
import { NotText } from '../../../../main/core/ports.ts';

let folder: string;
let file: string;
let files: DiskTextFiles;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyhold-files-'));
  file = join(folder, 'auth.json');
  files = new DiskTextFiles(fileLogger(folder, 'silent'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o7777;
}

describe('reading', () => {
  it('gives the text to the byte, byte order mark and line ends included', async () => {
    const text = '\uFEFF{"a": "ä€🔑"}\r\n\n';
    await writeFile(file, text);
    expect(await files.read(file)).toBe(text);
  });

  it('answers null where there is no file', async () => {
    expect(await files.read(join(folder, 'none', 'auth.json'))).toBeNull();
  });

  it('does not take for text what could not be written back', async () => {
    await writeFile(file, Buffer.from([0x7b, 0xff, 0x7d]));
    await expect(files.read(file)).rejects.toBeInstanceOf(NotText);
  });

  it('waits for no pipe', async () => {
    await promisify(execFile)('mkfifo', [file]);
    await expect(files.read(file)).rejects.toThrow(NotText);
  });

  it.each([
    ['a folder', 'folder', () => mkdir(file)],
    ['a pipe', 'special', () => promisify(execFile)('mkfifo', [file])],
    ['a device', 'special', () => symlink('/dev/null', file)],
    ['a link to itself', 'no_access', () => symlink(file, file)],
    [
      'more than any client writes',
      'too_large',
      () => writeFile(file, '').then(() => truncate(file, 64 * 2 ** 20 + 1)),
    ],
    ['bytes that are no UTF-8', 'encoding', () => writeFile(file, Buffer.from([0x7b, 0xff, 0x7d]))],
  ])('names %s', async (_what, why, make) => {
    await make();
    await expect(files.read(file)).rejects.toMatchObject({ why });
  });

  it('names a path that leads through a file', async () => {
    await writeFile(file, '');
    await expect(files.read(join(file, 'auth.json'))).rejects.toMatchObject({ why: 'no_access' });
  });
});

describe('writing', () => {
  it('makes the file with its mode, and private folders', async () => {
    const deep = join(folder, 'config', 'containers', 'auth.json');
    await files.writeAtomic(deep, 'new', 0o600);
    expect(await readFile(deep, 'utf8')).toBe('new');
    expect(await modeOf(deep)).toBe(0o600);
    expect(await modeOf(join(folder, 'config', 'containers'))).toBe(0o700);
  });

  it('keeps the mode of a file that is there', async () => {
    await writeFile(file, 'old');
    await chmod(file, 0o640);
    await files.writeAtomic(file, 'new', 0o600);
    expect(await readFile(file, 'utf8')).toBe('new');
    expect(await modeOf(file)).toBe(0o640);
  });

  it('follows a link and leaves it a link', async () => {
    await mkdir(join(folder, 'dotfiles'));
    await writeFile(join(folder, 'dotfiles', 'auth.json'), 'old');
    await symlink(join('dotfiles', 'auth.json'), file);
    await files.writeAtomic(file, 'new', 0o600);
    expect(await readlink(file)).toBe(join('dotfiles', 'auth.json'));
    expect(await readFile(join(folder, 'dotfiles', 'auth.json'), 'utf8')).toBe('new');
  });

  it('makes the file that a link names', async () => {
    await symlink(join('dotfiles', 'auth.json'), file);
    await files.writeAtomic(file, 'new', 0o600);
    expect((await lstat(file)).isSymbolicLink()).toBe(true);
    expect(await readFile(join(folder, 'dotfiles', 'auth.json'), 'utf8')).toBe('new');
  });

  it('fails on links that lead in a circle', async () => {
    await symlink('b', join(folder, 'a'));
    await symlink('a', join(folder, 'b'));
    await expect(files.writeAtomic(join(folder, 'a'), 'new', 0o600)).rejects.toMatchObject({
      code: 'storage_failed',
    });
  });

  it('leaves nothing behind when the folder cannot be made', async () => {
    await writeFile(file, 'a file where a folder should be');
    await expect(files.writeAtomic(join(file, 'auth.json'), 'new', 0o600)).rejects.toMatchObject({
      code: 'storage_failed',
    });
    expect(await readdir(folder)).toEqual(['auth.json']);
  });

  it('leaves the old file whole when the disk takes only a part of the new one', async () => {
    await writeFile(file, 'old');
    const adapter = join(import.meta.dirname, '../../../../main/adapters');
    const program = `
      import { DiskTextFiles } from '${adapter}/text-files.ts';
      import { fileLogger } from '${adapter}/logger.ts';
      const files = new DiskTextFiles(fileLogger('/', 'silent'));
      const content = 'x'.repeat(100_000);
      console.log(await files.writeAtomic('${file}', content, 0o600).then(() => 'written', (error) => error.code));`;
    // A limit of 512 or 1024 bytes for each file stands for a full disk: the write fails half-way.
    const limited = `trap '' XFSZ; ulimit -f 1; exec "$0" --input-type=module-typescript -e "$1"`;
    const { stdout } = await promisify(execFile)('sh', ['-c', limited, process.execPath, program]);
    expect(stdout.trim()).toBe('storage_failed');
    expect(await readFile(file, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['auth.json']);
  });
});

describe('replacing', () => {
  it('gives a file this mode whatever it had', async () => {
    await writeFile(file, 'old');
    await chmod(file, 0o444);
    await files.replace(file, 'new', 0o755);
    expect(await readFile(file, 'utf8')).toBe('new');
    expect(await modeOf(file)).toBe(0o755);
  });

  it('puts a file in the place of a link and leaves its target alone', async () => {
    await writeFile(join(folder, 'target'), 'old');
    await symlink('target', file);
    await files.replace(file, 'new', 0o755);
    expect((await lstat(file)).isFile()).toBe(true);
    expect(await readFile(join(folder, 'target'), 'utf8')).toBe('old');
  });
});

describe('removing', () => {
  it('takes the file away that a link names, and keeps the link', async () => {
    await writeFile(join(folder, 'target'), 'old');
    await symlink('target', file);
    await files.remove(file);
    expect(await readdir(folder)).toEqual(['auth.json']);
  });

  it('does nothing where there is no file', async () => {
    await files.remove(join(folder, 'none', 'auth.json'));
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('isExecutable', () => {
  it('looks at the mode', async () => {
    await writeFile(file, '');
    expect(await files.isExecutable(file)).toBe(false);
    await chmod(file, 0o755);
    expect(await files.isExecutable(file)).toBe(true);
    expect(await files.isExecutable(join(folder, 'none'))).toBe(false);
  });
});
