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
  /** Makes the folder one that cannot be written to in the middle of writes: files that are open go on, others are refused. */
  cover(): void;
  /** Undoes `cover`. */
  uncover(): void;
  remove(): void;
}

function mount(...args: string[]): boolean {
  return spawnSync('mount', args, { stdio: 'ignore' }).status === 0;
}

/** Lazily: a process that still has a file open there does not keep the folder. @returns false when nothing is mounted there */
function unmount(folder: string): boolean {
  return spawnSync('umount', ['-l', folder], { stdio: 'ignore' }).status === 0;
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
      try {
        writeFileSync(join(folder, `ballast-${String(ballast().length)}`), Buffer.alloc(bytes));
      } catch (error) {
        // Somebody else took the rest meanwhile: the disk is full, as it should be.
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      }
    },
    empty() {
      for (const name of ballast()) rmSync(join(folder, name));
    },
    setReadOnly(readOnly) {
      if (!mount('-o', `remount,${readOnly ? 'ro' : 'rw'}`, folder)) throw new Error('could not remount');
    },
    cover() {
      // A file system with an open file cannot be made read-only; the folder can be laid over itself, read-only.
      if (!mount('--bind', folder, folder)) throw new Error('could not cover the folder');
      // Refused for as long as a file is written to that was opened since.
      for (let tries = 0; !mount('-o', 'remount,bind,ro', folder); tries += 1) {
        if (tries === 100) throw new Error('could not make the folder read-only');
      }
    },
    uncover() {
      if (!unmount(folder)) throw new Error('could not uncover the folder');
    },
    remove() {
      // The cover too, if it is still there.
      while (unmount(folder)) continue;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
