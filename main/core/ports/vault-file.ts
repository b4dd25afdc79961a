import type { Sql } from '../ports.ts';

/**
 * The vault file on disk, by its path. A file is never half made: it appears with its first content or not
 * at all. Throws `KeyholdError` `vault_damaged` for what is not a whole SQLite file, `storage_failed` for what
 * the disk or its rights refuse; the file stays as it was.
 */
export interface VaultFile {
  exists(): boolean;
  /** Makes the file, mode 0600 in a folder of mode 0700, with what `fill` writes. Refuses to replace a file. */
  create(fill: (sql: Sql) => void): void;
  /** Opens the existing file for a look that leaves it as it is. */
  openReadOnly(): Sql;
  /** Opens the existing file with the vault's pragmas. Until it is closed, nothing else can open it. */
  open(): Sql;
  /** An empty database in memory, which has nothing to do with the file. */
  openScratch(): Sql;
  /** Copies the opened file to a sibling with this suffix, replacing an earlier copy of that name. */
  backup(suffix: string, opened: Sql): void;
}

/**
 * The folder around the vault file: its dated copies, and damaged files that were set aside. Copies and files are named
 * by their plain names. Throws `KeyholdError` `storage_failed`, with nothing half done.
 */
export interface VaultFolder {
  /** Names of the copies, newest first. */
  copies(): string[];
  /** Copies an open vault, every page checked; mode 0600. Throws `vault_damaged` when a page is bad. */
  makeCopy(name: string, vault: Sql): void;
  removeCopy(name: string): void;
  /** Removes the copies that were made before changes of the schema. Answers how many there were. */
  removeSchemaCopies(): number;
  /** A copy, to look into. */
  copy(name: string): VaultFile;
  /** Names of the damaged files that lie here, oldest first. */
  setAsideFiles(): string[];
  /**
   * Gives the vault file, if there is one, and what SQLite keeps beside it a name with this stamp that no other file
   * has. `copy`: what takes its place at the same moment; null for nothing. Nobody may have the file open.
   */
  setAside(stamp: string, copy: string | null): void;
}
