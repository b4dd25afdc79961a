import { chmodSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const memory = '/dev/shm';
/** Short: Podman takes no path of more than 50 characters, and a test's own folder comes after it. */
const prefix = 'k-';
/** A run needs less than a tenth of it. */
const enough = 4 * 1024 ** 3;

/**
 * Lets temporary folders of this process and its children be in memory, until it ends: most tests have a database, and
 * on a disk each change waits for it. They stay on the disk where there is no such memory, where programs may not
 * run from it (containers often forbid that), and where TMPDIR says otherwise.
 */
export function keepTempInMemory(): void {
  if (process.env['TMPDIR'] !== undefined || !hasMemory()) return;
  const folder = mkdtempSync(join(memory, prefix));
  // PostgreSQL runs as a user of its own.
  chmodSync(folder, 0o711);
  process.env['TMPDIR'] = folder;
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
}

function hasMemory(): boolean {
  if (process.platform !== 'linux') return false;
  const mounts = readFileSync('/proc/self/mounts', 'utf8');
  const [, options] = new RegExp(`^\\S+ ${memory} tmpfs (\\S+)`, 'm').exec(mounts) ?? [];
  if (options === undefined || /\b(noexec|ro)\b/.test(options)) return false;
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize >= enough;
}

/** Where folders with sockets go: a socket's path must be short, which the temporary folder of macOS is not. */
export const shortTmpdir = process.platform === 'darwin' ? '/tmp' : tmpdir();
