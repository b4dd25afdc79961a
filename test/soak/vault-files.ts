import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import Database from 'better-sqlite3';
import * as fc from 'fast-check';
import { KeyholdError } from '../../contracts/errors.ts';
import { authenticatedTables } from '../../main/core/vault/authenticated-tables.ts';
import { removeVaults } from '../unit/main/vault/vault-parts.ts';
import { runCases } from './run-cases.ts';
import { newSoakVault, passphrase, vaultIn, type OpenParts, type SoakVault } from './soak-vault.ts';
import type { SoakPart, Tally } from './tally.ts';
import {
  byteChange,
  changedBytes,
  checkHeader,
  checkSealed,
  headerCase,
  sealedCase,
} from './vault-headers.ts';

const pageSize = 4096;
const attacks = [
  'DELETE FROM keys WHERE rowid = 1',
  "UPDATE contexts SET origin = 'https://attacker.example', host = 'attacker.example' WHERE rowid = 1",
  'INSERT INTO ended_keys SELECT kid, context_id, label, public_key, created_at, 1 FROM keys',
  "INSERT INTO security_settings VALUES ('askBeforeUse', 'false')",
  'UPDATE keys SET public_key = (SELECT public_key FROM keys WHERE rowid = 2) WHERE rowid = 1',
  'UPDATE keys SET sealed_seed = (SELECT sealed_seed FROM keys WHERE rowid = 2) WHERE rowid = 1',
  'UPDATE keys SET context_id = (SELECT context_id FROM keys WHERE rowid = 2) WHERE rowid = 1',
  'DELETE FROM rows_root',
  'UPDATE vault_header SET mac = zeroblob(32)',
  'CREATE TRIGGER t AFTER INSERT ON activity BEGIN DELETE FROM keys; END',
  'PRAGMA user_version = 2',
  'PRAGMA user_version = 99',
  'PRAGMA application_id = 7',
] as const;

const pages = { one: fc.nat(), other: fc.nat() };
const fileChange = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ kind: 'none' as const }) },
  { weight: 8, arbitrary: byteChange },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('swap' as const), ...pages }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('earlier' as const), page: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('another vault' as const), page: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('attack' as const), sql: fc.constantFrom(...attacks) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('beside' as const),
      suffix: fc.constantFrom('-wal', '-journal', '-shm'),
      bytes: fc.uint8Array({ maxLength: 100 }),
    }),
  },
);
type FileChange = typeof fileChange extends fc.Arbitrary<infer T> ? T : never;

const suffixes = ['', '-wal', '-journal', '-shm'];

function withPage(bytes: Buffer, at: number, page: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  page.copy(copy, at * pageSize);
  return copy;
}

function pageOf(bytes: Buffer, number: number): { at: number; page: Buffer } {
  const at = number % (bytes.length / pageSize);
  return { at, page: bytes.subarray(at * pageSize, (at + 1) * pageSize) };
}

function changedFile(bytes: Buffer, change: FileChange, { earlier }: SoakVault, another: SoakVault): Buffer {
  switch (change.kind) {
    case 'swap': {
      const [one, other] = [pageOf(bytes, change.one), pageOf(bytes, change.other)];
      return withPage(withPage(bytes, one.at, other.page), other.at, one.page);
    }
    case 'earlier':
    case 'another vault': {
      const { at, page } = pageOf(change.kind === 'earlier' ? earlier : another.bytes, change.page);
      return withPage(bytes, at, page);
    }
    case 'none':
    case 'attack':
    case 'beside':
      return bytes;
    case 'flip':
    case 'cut':
    case 'grow':
    case 'zero':
      return changedBytes(bytes, change);
  }
}

/** All rows that Keyhold acts on, and what stands in them but for the marks, which are only shown. */
function contentOf({ vault }: OpenParts): unknown {
  const sql = vault.sql();
  return authenticatedTables.map(({ table, id, marks }) =>
    sql
      .all<Record<string, unknown>>(`SELECT * FROM ${table} ORDER BY ${id}`)
      .map((row) => Object.entries(row).filter(([column]) => !marks.includes(column))),
  );
}

/** The entries of the activity log as the file was left with them. */
function logOf({ vault }: OpenParts, length: number): unknown {
  return vault.sql().all('SELECT * FROM activity ORDER BY seq LIMIT ?', length);
}

/** What the file was left with. */
interface Content {
  rows: unknown;
  log: unknown;
  /** Entries in the log. */
  entries: number;
}

async function readContent({ parts }: SoakVault): Promise<Content> {
  const whole = vaultIn(parts.path, parts);
  const entries =
    whole.vault.sql().get<{ count: number }>('SELECT count(*) AS count FROM activity')?.count ?? 0;
  const log = logOf(whole, entries);
  await whole.vault.unlock(Buffer.from(passphrase));
  const rows = contentOf(whole);
  whole.vault.close();
  return { rows, log, entries };
}

const clear = ['vault_damaged', 'vault_newer', 'wrong_passphrase', 'storage_failed'];

/** A changed file does not open, or opens to the right content; the error is one that says what is wrong. */
async function checkFile(
  change: FileChange,
  path: string,
  {
    vault,
    another,
    content,
    tally,
  }: { vault: SoakVault; another: SoakVault; content: Content; tally: Tally },
): Promise<void> {
  for (const suffix of suffixes) rmSync(`${path}${suffix}`, { force: true });
  writeFileSync(path, changedFile(vault.bytes, change, vault, another));
  if (change.kind === 'beside') writeFileSync(`${path}${change.suffix}`, change.bytes);
  if (change.kind === 'attack') {
    const database = new Database(path);
    database.exec(change.sql);
    database.close();
  }
  const opened = vaultIn(path, vault.parts);
  try {
    await opened.vault.unlock(Buffer.from(passphrase));
    if (change.kind === 'attack') throw new Error('rows of somebody else are taken');
    if (!isDeepStrictEqual(contentOf(opened), content.rows))
      throw new Error('the vault opens to another content');
    const isLogWhole = opened.activity.verify().brokenAt === null;
    if (isLogWhole && !isDeepStrictEqual(logOf(opened, content.entries), content.log)) {
      throw new Error('the log verifies with other entries');
    }
    for (const { kid } of opened.keys.list('context-one'))
      opened.keys.signJwt(kid, { typ: 'JWT', alg: 'Ed25519' }, {});
    tally.count(`files opened to what was saved${isLogWhole ? '' : ', log found changed'}`);
  } catch (error) {
    if (!(error instanceof KeyholdError) || !clear.includes(error.code) || change.kind === 'none')
      throw error;
    tally.count('files refused');
  } finally {
    opened.vault.close();
  }
}

/** Of so many cases one is a whole file, which costs a hundred times as much as a header or a sealed value. */
const vaultCase = fc.oneof(
  { weight: 1, arbitrary: fc.record({ what: fc.constant('file' as const), given: fileChange }) },
  { weight: 28, arbitrary: fc.record({ what: fc.constant('header' as const), given: headerCase }) },
  { weight: 11, arbitrary: fc.record({ what: fc.constant('sealed' as const), given: sealedCase }) },
);

/** The vault's file, its header and its sealed secrets: changed, they never open to anything but what was saved. */
export const vaultFiles: SoakPart = {
  name: 'vault',
  count: 1_000_000,
  run: async (count, tally) => {
    const folder = mkdtempSync(join(tmpdir(), 'keyhold-soak-'));
    try {
      const [vault, another] = [await newSoakVault(), await newSoakVault()];
      const content = await readContent(vault);
      await runCases({ count, tally }, vaultCase, async ({ what, given }) => {
        if (what === 'file')
          await checkFile(given, join(folder, 'vault.db'), { vault, another, content, tally });
        else if (what === 'header') await checkHeader(given, vault, another, tally);
        else checkSealed(given, vault, tally);
      });
    } finally {
      removeVaults();
      rmSync(folder, { recursive: true });
    }
  },
};
