/** What the core asks of the world. Adapters implement these; tests pass their own clock, folder and server. */

import type { Caller } from '../../contracts/domain/approval.ts';

export type Cancel = () => void;

/** Is told that something changed. */
export type Listener = () => void;

export interface Clock {
  now(): Date;
  /** Calls `task` once after `ms` milliseconds unless cancelled. Never keeps the process alive. */
  after(ms: number, task: () => void): Cancel;
}

export interface Random {
  bytes(length: number): Buffer;
  uuid(): string;
}

export interface Argon2Parameters {
  memoryKiB: number;
  iterations: number;
  parallelism: number;
}

export interface Kdf {
  /** Argon2id version 0x13 (RFC 9106), 32 bytes out. Runs off the main thread. */
  argon2id(passphrase: Buffer, salt: Buffer, parameters: Argon2Parameters): Promise<Buffer>;
}

/**
 * The desktop's own store of secrets (macOS Keychain, Windows data protection, Secret Service, KWallet), which
 * encrypts for this user and this app.
 */
export interface Keychain {
  /** The back end in use; null when there is none, or one that only seems to protect. */
  backend(): Promise<string | null>;
  /** Encrypts a secret. Null when the keychain refuses. */
  protect(secret: Buffer): Promise<Buffer | null>;
  /** The other way round, with a new buffer. Null when the keychain does not know it (any more). */
  reveal(sealed: Buffer): Promise<Buffer | null>;
}

/** The recovery code as it is printed and saved. `madeAt` is RFC 3339. */
export interface RecoverySheet {
  code: string;
  madeAt: string;
}

/** Turns a recovery sheet into paper or a file's content. Throws `KeyholdError` `print_failed`. */
export interface SheetPrinter {
  /** One page in the paper size of the system. */
  pdf(sheet: RecoverySheet): Promise<Buffer>;
  png(sheet: RecoverySheet): Promise<Buffer>;
  /** Shows the system's print dialog. False when the user cancels. */
  print(sheet: RecoverySheet): Promise<boolean>;
}

/** What scrypt costs (RFC 7914, section 2): N, r and p, and the most memory it may take, bytes. */
export interface ScryptTerms {
  cost: number;
  blockSize: number;
  times: number;
  maxMemory: number;
}

/** How the keys of passphrases are made in files of other programs: `length` bytes each, off the main thread. */
export interface KeyFileKdf {
  /** OpenSSH's `bcrypt_pbkdf`: `length` bytes, at most 1024. */
  bcryptPbkdf(passphrase: Buffer, salt: Buffer, rounds: number, length: number): Promise<Buffer>;
  scrypt(passphrase: Buffer, salt: Buffer, terms: ScryptTerms, length: number): Promise<Buffer>;
}

export type SqlValue = string | number | bigint | Buffer | null;

/** A table whose changes are watched; see `Sql.watch`. */
export interface WatchedTable {
  table: string;
  /** Its text primary key. */
  id: string;
  /** Columns whose change counts. */
  columns: readonly string[];
}

/** Who is told of changed rows; see `Sql.watch`. */
export interface RowWatcher {
  /** A row is being added, changed or deleted, whatever statement does it. A throw undoes that statement. */
  changed(table: string, id: string): void;
  /** The transaction is about to end: what this writes is part of it, and a throw rolls all of it back. */
  beforeCommit(): void;
  /** The transaction has ended. */
  ended(committed: boolean): void;
}

/** One open SQLite database. Statements are cached by their text; values are always bound. */
export interface Sql {
  run(sql: string, ...values: SqlValue[]): { changes: number };
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined;
  all<Row>(sql: string, ...values: SqlValue[]): Row[];
  /** Several statements without values: schema and pragmas only. */
  exec(sql: string): void;
  /** Runs `work` in one immediate transaction; a throw rolls back. */
  transaction<T>(work: () => T): T;
  /**
   * As `transaction`, without the wait for the disk: what `work` wrote survives the end of the app at any moment, and a
   * power cut from the next `transaction` or `sync` on. Not for use inside a transaction.
   */
  unsyncedTransaction<T>(work: () => T): T;
  /** Settles once all that was written is on the disk. Other work goes on meanwhile. */
  sync(): Promise<void>;
  /**
   * From now on tells `watcher` of each changed row of these tables: by triggers of this connection, which no statement
   * passes by, whether it is a cascade, a conflict that replaces a row or a plain update. The answer ends that.
   */
  watch(tables: readonly WatchedTable[], watcher: RowWatcher): Cancel;
  /**
   * Checks every page, the rows' types and constraints, and that each index says what its table says. Throws
   * `vault_damaged`.
   * @param table - The only one to check, with its indexes.
   */
  checkPages(table?: string): void;
  /** Copies the whole database to a file that is empty or not there, every page checked. Throws `vault_damaged`. */
  copyTo(path: string): void;
  close(): void;
}

export interface Clipboard {
  write(text: string): Promise<void>;
  read(): Promise<string>;
  clear(): void;
}

export interface Logger {
  info(event: string, facts?: Record<string, string | number | boolean>): void;
  warn(event: string, facts?: Record<string, string | number | boolean>): void;
  error(event: string, error: unknown): void;
}

/**
 * Why a file's content cannot be had as text: `special` is a pipe, a socket or a device; `too_large`: no file of
 * settings is of that size.
 */
export type NoText = 'folder' | 'special' | 'no_access' | 'encoding' | 'too_large';

/** Something is there, but it is not UTF-8 text that could be read and written back as it was. */
export class NotText extends Error {
  override name = 'NotText';
  readonly why: NoText;
  /** The text as lenient readers take it: U+FFFD for each byte that is not UTF-8. */
  readonly lossy: string;

  constructor(why: NoText, lossy = '') {
    super(why);
    this.why = why;
    this.lossy = lossy;
  }
}

/**
 * Text files that belong to other programs (auth.json) or to the desktop (the helper on PATH). Content is UTF-8
 * and kept to the byte, a byte order mark included. Every write is a temporary file in the same folder, fsync,
 * rename and fsync of the folder. Throws `KeyholdError('storage_failed')`, with nothing half-written.
 */
export interface TextFiles {
  /** The content, or null when there is no such file. Throws `NotText`. */
  read(path: string): Promise<string | null>;
  /** Follows a link, keeps the mode of an existing file, makes missing folders (mode 0700). */
  writeAtomic(path: string, content: string, modeIfNew: number): Promise<void>;
  /**
   * Puts a new file of this mode at the path, with a text or with bytes as they are; a link there is replaced, what
   * it points to is left alone.
   */
  replace(path: string, content: string | Buffer, mode: number): Promise<void>;
  /** Follows a link. Does nothing when there is no such file. */
  remove(path: string): Promise<void>;
  /** Gives a file another name in the same folder; a link itself is moved, not what it points to. */
  move(from: string, to: string): Promise<void>;
  isExecutable(path: string): Promise<boolean>;
  /** Whether both paths lead to the same thing, by whatever links. */
  isSame(one: string, other: string): Promise<boolean>;
}

/** Asks the user for a file by the system's own dialog. Paths stay in the main process. */
export interface FileDialogs {
  /** @returns the path to write to, or null when the user gave up */
  save(suggestion: { title: string; fileName: string; extension: string }): Promise<string | null>;
  /** @returns the path to read and the file's name, or null when the user gave up */
  open(suggestion: { title: string }): Promise<{ path: string; name: string } | null>;
}

/**
 * Asks the person, in a dialog of main's own, whether services may be contacted that belong to no context.
 *
 * @param origins - All of them are shown.
 */
export type AskAboutServices = (origins: readonly string[]) => Promise<boolean>;

/** Files that the user chose. */
export interface SmallFiles {
  /** @returns the content, or why there is none: not to be read (or no file at all), longer than `maxBytes` */
  read(path: string, maxBytes: number): Promise<Buffer | 'missing' | 'too_large'>;
}

/** Tells the user something outside the window. */
export interface Notifier {
  show(title: string, text: string): void;
}

/** How long nobody has touched this computer's keyboard or pointer. */
export interface IdleTime {
  seconds(): number;
}

/** What the system says about the person's presence. */
export interface SystemSignals {
  /** The computer is about to sleep. */
  onSuspend(listener: Listener): Cancel;
  /** The screen was locked, by the user or by the system. */
  onScreenLock(listener: Listener): Cancel;
}

/** Whether the desktop has a place for a tray picture. */
export interface TrayPresence {
  readonly present: boolean;
  /** Calls `listener` when it came or went. */
  onChange(listener: Listener): Cancel;
}

/** Whether the system starts Keyhold when the user logs in. The system keeps it, and the user can change it there. */
export interface LoginItem {
  isOn(): Promise<boolean>;
  /** @throws KeyholdError `storage_failed` */
  set(on: boolean): Promise<void>;
}

/** Who stands behind a process that asks for something. */
export interface Callers {
  /** @returns the program that started a process, and what started that; null when it cannot be seen */
  callerOf(pid: number): Caller | null;
}

/** How a program ended: `failed` when it could not be started, or said more than 64 KiB. */
export type ProgramEnd =
  | { kind: 'ended'; code: number; stdout: string; stderr: string }
  | { kind: 'failed' }
  | { kind: 'timed_out' };

/** Programs of this computer, started with the app's own environment. */
export interface Programs {
  /** @returns the file that a name stands for on PATH (execvp(3)); null when there is none */
  find(name: string): Promise<string | null>;
  /**
   * Runs a program to its end.
   *
   * @param input - Everything on standard input.
   */
  run(file: string, args: readonly string[], input: string, timeoutMs: number): Promise<ProgramEnd>;
}

/** What may be done to a file, and by whom. */
export interface FileRights {
  /** @returns kind and permission bits, links not followed; null when there is no such file */
  stat(path: string): Promise<{ kind: 'folder' | 'socket' | 'other'; mode: number } | null>;
  /** Throws `KeyholdError` `storage_failed`. */
  setMode(path: string, mode: number): Promise<void>;
  /** Names of what is in a folder; none when it is not there or not to be read. */
  names(folder: string): Promise<string[]>;
}
