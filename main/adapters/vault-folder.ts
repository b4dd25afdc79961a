import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  readdirSync,
  renameSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Sql } from '../core/ports.ts';
import type { VaultFile, VaultFolder } from '../core/ports/vault-file.ts';
import { copyDatabase, onDisk, SqliteVaultFile, syncFolder, syncToDisk } from './vault-file.ts';

const copyPattern = /^vault-\d{4}-\d{2}-\d{2}(T\d{6}Z)?\.db$/;
/** What SQLite keeps beside a database. */
const sideFiles = ['-wal', '-shm', '-journal'] as const;

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** `vault.db`, its copies in `copies/` and what was set aside beside it, on this computer's disk. */
export class DiskVaultFolder implements VaultFolder {
  readonly #path: string;
  readonly #nativeBinding: string | null;

  /**
   * @param path the vault file
   * @param nativeBinding as for `SqliteVaultFile`
   */
  constructor(path: string, nativeBinding: string | null) {
    this.#path = path;
    this.#nativeBinding = nativeBinding;
  }

  copies(): string[] {
    return onDisk(() =>
      namesIn(this.#copyFolder)
        .filter((name) => copyPattern.test(name))
        .sort()
        .reverse(),
    );
  }

  makeCopy(name: string, vault: Sql): void {
    copyDatabase(vault, this.#copyPath(name));
  }

  removeCopy(name: string): void {
    onDisk(() => rmSync(this.#copyPath(name), { force: true }));
  }

  removeSchemaCopies(): number {
    return onDisk(() => {
      const folder = dirname(this.#path);
      const prefix = `${basename(this.#path)}.schema-`;
      const names = namesIn(folder).filter(
        (name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)),
      );
      for (const name of names) rmSync(join(folder, name), { force: true });
      return names.length;
    });
  }

  copy(name: string): VaultFile {
    return new SqliteVaultFile(this.#copyPath(name), this.#nativeBinding);
  }

  setAsideFiles(): string[] {
    const prefix = `${basename(this.#path)}.damaged-`;
    return onDisk(() =>
      namesIn(dirname(this.#path))
        .filter((name) => name.startsWith(prefix) && !sideFiles.some((suffix) => name.endsWith(suffix)))
        .sort(),
    );
  }

  setAside(stamp: string, copy: string | null): void {
    onDisk(() => {
      const replacement = `${this.#path}.new`;
      try {
        if (copy !== null) this.#prepare(this.#copyPath(copy), replacement);
        this.#putAside(this.#freeName(stamp), copy === null ? null : replacement);
      } finally {
        rmSync(replacement, { force: true });
      }
      syncFolder(this.#path);
    });
  }

  get #copyFolder(): string {
    return join(dirname(this.#path), 'copies');
  }

  #copyPath(name: string): string {
    return join(this.#copyFolder, name);
  }

  /** Puts the copy beside the vault, on the disk to its last byte. The copy itself stays. */
  #prepare(copy: string, replacement: string): void {
    rmSync(replacement, { force: true });
    copyFileSync(copy, replacement, constants.COPYFILE_EXCL);
    syncToDisk(replacement);
  }

  #freeName(stamp: string): string {
    const first = `${this.#path}.damaged-${stamp}`;
    const taken = (name: string): boolean =>
      ['', ...sideFiles].some((suffix) => existsSync(`${name}${suffix}`));
    let name = first;
    for (let number = 2; taken(name); number += 1) name = `${first}-${number}`;
    return name;
  }

  /**
   * The file gets its new name before it loses the old one, so that a power cut loses nothing. Its side files are moved
   * before another file takes its place, so that no log is applied to a file that it is not of.
   */
  #putAside(aside: string, replacement: string | null): void {
    const present = existsSync(this.#path);
    const linked = present && this.#link(aside);
    const moved: string[] = [];
    try {
      for (const suffix of sideFiles) {
        if (!existsSync(`${this.#path}${suffix}`)) continue;
        renameSync(`${this.#path}${suffix}`, `${aside}${suffix}`);
        moved.push(suffix);
      }
      if (present && !linked) renameSync(this.#path, aside);
      if (replacement !== null) renameSync(replacement, this.#path);
      else if (linked) unlinkSync(this.#path);
    } catch (error) {
      if (present && !existsSync(this.#path)) renameSync(aside, this.#path);
      else if (linked) unlinkSync(aside);
      for (const suffix of moved) renameSync(`${aside}${suffix}`, `${this.#path}${suffix}`);
      throw error;
    }
  }

  /** False where the file system has no hard links. */
  #link(aside: string): boolean {
    try {
      linkSync(this.#path, aside);
      return true;
    } catch {
      return false;
    }
  }
}
