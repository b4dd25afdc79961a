import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own, so small that a test can fill it, and that can be made read-only. */
export interface SmallDisk {
  readonly folder: string;
  /** Leaves no more than this many bytes free. */
  fill(leaveBytes: number): void;
  /** Frees what `fill` took. */
  empty(): void;
  setReadOnly(readOnly: boolean): void;
  remove(): void;
}

function mount(...args: string[]): boolean {
  return spawnSync('mount', args, { stdio: 'ignore' }).status === 0;
}

/** Why there can be no small disk here; null when there can. A disk is mounted to find out. */
export function noSmallDisk(): string | null {
  if (process.platform !== 'linux') return 'only Linux has tmpfs';
  if (process.getuid?.() !== 0) return 'only root may mount';
  try {
    makeSmallDisk().remove();
    return null;
  } catch {
    return 'this container may not mount';
  }
}

/** A tmpfs of so many mebibytes. */
export function makeSmallDisk(mebibytes = 2): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'keyhold-disk-'));
  if (!mount('-t', 'tmpfs', '-o', `size=${String(mebibytes)}m,mode=700`, 'keyhold-test', folder)) {
    rmSync(folder, { recursive: true });
    throw new Error('the disk could not be mounted');
  }
  const ballast = (): string[] => readdirSync(folder).filter((name) => name.startsWith('ballast'));
  return {
    folder,
    fill(leaveBytes) {
      const { bavail, bsize } = statfsSync(folder);
      const bytes = Math.max(0, bavail * bsize - leaveBytes);
      writeFileSync(join(folder, `ballast-${String(ballast().length)}`), Buffer.alloc(bytes));
    },
    empty() {
      for (const name of ballast()) rmSync(join(folder, name));
    },
    setReadOnly(readOnly) {
      if (!mount('-o', `remount,${readOnly ? 'ro' : 'rw'}`, folder)) throw new Error('could not remount');
    },
    remove() {
      // Lazily: a process that still has a file open there does not keep the folder.
      spawnSync('umount', ['-l', folder], { stdio: 'ignore' });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
