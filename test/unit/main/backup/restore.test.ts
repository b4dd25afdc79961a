import { afterEach, describe, expect, it } from 'vitest';
import { limits } from '../../../../contracts/domain/limits.ts';
import { freeName } from '../../../../main/core/backup/restore-plan.ts';
import { readContexts } from '../../../../main/core/contexts/context-store.ts';
import { readChoices, readChosen } from '../../../../main/core/contexts/registry-account-store.ts';
import { readAllKeys, type KeyRow } from '../../../../main/core/credentials/keys/key-store.ts';
import { removeVaults } from '../vault/vault-parts.ts';
import {
  addWorkContext,
  type BackupParts,
  newBackups,
  openBackup,
  restore,
  rowsOf,
  save,
  twoVaults,
} from './backup-parts.ts';

afterEach(removeVaults);

const noon = '2026-03-01T12:00:00.000Z';

function names({ vault }: BackupParts): string[] {
  return readContexts(vault.sql())
    .map(({ name, current }) => (current ? `${name}, current` : name))
    .sort();
}

function onlyId({ vault }: BackupParts): string {
  const [context, ...others] = readContexts(vault.sql());
  expect(others).toEqual([]);
  return context?.id ?? '';
}

function keyRow({ vault }: BackupParts, kid: string): KeyRow | undefined {
  return readAllKeys(vault.sql()).find((row) => row.kid === kid);
}

/** Revokes a vault's only key, as after its service has been told. */
function revokeOnly(parts: BackupParts): void {
  const [row] = readAllKeys(parts.vault.sql());
  parts.keys.endings.retire(row?.id ?? '', 'told so', true);
}

function expectRevoked(parts: BackupParts, kid: string): void {
  const row = keyRow(parts, kid);
  expect(row?.revoked_at).toBe(noon);
  expect(row?.sealed_seed).toHaveLength(0);
}

function expectSigns({ keys }: BackupParts, kid: string): void {
  expect(keys.signJwt(kid, { typ: 'JWT', alg: 'Ed25519' }, {})).toMatch(/^ey/);
}

describe('which account answers', () => {
  const host = 'kheeper.example';
  const chosen = ({ vault }: BackupParts): unknown => {
    const row = readChosen(vault.sql(), host);
    return row?.name ?? (readChoices(vault.sql()).has(host) ? 'nobody' : 'never asked');
  };
  /** A backup of two accounts on one host, of which the first answers and the second is looked at. */
  async function twoAccounts(): Promise<{ one: BackupParts; path: string }> {
    const one = await newBackups();
    addWorkContext(one.vault, { name: 'First' });
    const origin = `https://${host}`;
    addWorkContext(one.vault, { name: 'Second', origin, userId: 'other', current: true });
    return { one, path: await save(one) };
  }

  it.each(['merge', 'replace'] as const)('is in the backup (%s)', async (mode) => {
    const { one, path } = await twoAccounts();
    expect(chosen(one)).toBe('First');
    const other = await newBackups();
    await restore(other, path, mode);
    expect(chosen(other)).toBe('First');
  });

  it('stays where the vault has a choice', async () => {
    const { path } = await twoAccounts();
    const other = await newBackups();
    addWorkContext(other.vault, { name: 'Mine', userId: 'mine' });
    await restore(other, path, 'merge');
    expect(chosen(other)).toBe('Mine');
  });

  it('is nobody when a backup from before there were choices brings several', async () => {
    const { one } = await twoAccounts();
    one.vault.sql().run('DELETE FROM registry_accounts');
    const other = await newBackups();
    await restore(other, await save(one), 'merge');
    expect(chosen(other)).toBe('nobody');
    const third = await newBackups();
    one.vault.sql().run(`DELETE FROM contexts WHERE name = 'Second'`);
    await restore(third, await save(one, `${one.backupPath}-2`), 'merge');
    expect(chosen(third), 'the only one there is').toBe('First');
  });
});

describe('merging a backup', () => {
  it('into the vault it came from changes nothing', async () => {
    const { one, path } = await twoVaults();
    const before = rowsOf(one);
    const { fileId, preview } = await openBackup(one, path);
    expect(preview).toMatchObject({
      newContexts: 0,
      newCredentials: 0,
      leaving: { contexts: 0, credentials: 0 },
    });
    expect(preview.rows).toMatchObject([{ name: 'Work', outcome: 'same' }]);
    expect(await one.backups.restore(fileId, 'merge')).toEqual({
      contexts: 0,
      credentials: 0,
      registries: 0,
    });
    expect(rowsOf(one)).toEqual(before);
  });

  it('adds what is missing, keeps what is there and whichever context is the current one', async () => {
    const { other, path, kid } = await twoVaults();
    const own = addWorkContext(other.vault, { name: 'Own', host: 'own.example', current: true });
    other.keys.create(own.id, 'laptop');
    expect(await restore(other, path, 'merge')).toEqual({ contexts: 1, credentials: 1, registries: 1 });
    expect(names(other)).toEqual(['Own, current', 'Work']);
    expectSigns(other, kid);
    expect(other.restoredCount()).toBe(1);
    expect(other.removed).toEqual([]);
    expect(other.activity.list({ before: null, limit: 1 }).entries[0]).toMatchObject({
      kind: 'backup.restored',
      detail: `added 1 context, 1 credential, saved ${noon}`,
    });
    expect(other.activity.verify().brokenAt).toBeNull();
  });

  it('copies the vault before', async () => {
    const { other, path } = await twoVaults();
    await restore(other, path, 'merge');
    expect(other.copies.good()).toMatchObject([
      { copy: 'vault-2026-03-01T120000Z.db', contexts: 0, credentials: 0 },
    ]);
  });

  it('makes the backup’s current context the current one of an empty vault', async () => {
    const { other, path } = await twoVaults();
    await restore(other, path, 'merge');
    expect(names(other)).toEqual(['Work, current']);
  });

  it('gives a name that is taken a number', async () => {
    const { other, path } = await twoVaults();
    addWorkContext(other.vault, { name: 'work', userId: 'u_1', current: true });
    addWorkContext(other.vault, { name: 'Work 2', userId: 'u_2' });
    const { fileId, preview } = await openBackup(other, path);
    expect(preview.rows).toMatchObject([{ name: 'Work', asName: 'Work 3', outcome: 'renamed' }]);
    await other.backups.restore(fileId, 'merge');
    expect(names(other)).toEqual(['Work 2', 'Work 3', 'work, current']);
  });

  it('adds keys to the same user of the same service, whatever its context is called', async () => {
    const { other, path, kid } = await twoVaults();
    const own = addWorkContext(other.vault, { name: 'Job', current: true });
    const mine = other.keys.create(own.id, 'desktop').kid;
    const { fileId, preview } = await openBackup(other, path);
    expect(preview.rows).toMatchObject([
      { name: 'Work', asName: 'Job', outcome: 'merged', newCredentials: 1 },
    ]);
    await other.backups.restore(fileId, 'merge');
    expect(names(other)).toEqual(['Job, current']);
    const kids = other.keys.list(own.id).map((key) => key.kid);
    expect(kids.sort()).toEqual([kid, mine].sort());
  });

  it('brings a context that was signed out back to what it was', async () => {
    const { one, path, kid } = await twoVaults();
    const id = onlyId(one);
    one.keys.endings.removeAllOf(id);
    one.vault.sql().run('UPDATE contexts SET credential = NULL');
    expect(await restore(one, path, 'merge')).toEqual({ contexts: 0, credentials: 1, registries: 1 });
    expect(readContexts(one.vault.sql())).toMatchObject([{ id, state: 'active' }]);
    expect(one.keys.current(id)?.kid).toBe(kid);
  });

  it('does not bring a revoked key back', async () => {
    const { one, path, kid } = await twoVaults();
    revokeOnly(one);
    expect((await openBackup(one, path)).preview.rows).toMatchObject([{ outcome: 'same' }]);
    await restore(one, path, 'merge');
    expectRevoked(one, kid);
  });

  it('revokes a key here that the backup knows to be revoked', async () => {
    const { one, other, path, kid } = await twoVaults();
    await restore(other, path, 'merge');
    revokeOnly(one);
    const later = await save(one, `${path}.later`);
    const { fileId, preview } = await openBackup(other, later);
    expect(preview).toMatchObject({
      revokedCredentials: 1,
      newCredentials: 0,
      rows: [{ outcome: 'merged' }],
    });
    expect(keyRow(other, kid)?.revoked_at).toBeNull();
    await other.backups.restore(fileId, 'merge');
    expectRevoked(other, kid);
  });

  it('takes a revoked key over as revoked', async () => {
    const { one, other, path, kid } = await twoVaults();
    revokeOnly(one);
    await restore(other, await save(one, `${path}.later`), 'merge');
    expectRevoked(other, kid);
  });

  it('leaves a key where the vault has it', async () => {
    const { one, path, kid } = await twoVaults();
    one.vault.sql().run(`UPDATE contexts SET user_id = 'u_other'`);
    const home = onlyId(one);
    const { fileId, preview } = await openBackup(one, path);
    expect(preview.rows).toMatchObject([{ outcome: 'renamed', newCredentials: 0, foreignCredentials: 1 }]);
    await one.backups.restore(fileId, 'merge');
    expect(keyRow(one, kid)?.context_id).toBe(home);
  });

  it('gives a context another id when its own is taken', async () => {
    const { one, other, path } = await twoVaults();
    addWorkContext(other.vault, { id: onlyId(one), name: 'Own', host: 'own.example', current: true });
    await restore(other, path, 'merge');
    expect(names(other)).toEqual(['Own, current', 'Work']);
  });
});

describe('replacing everything by a backup', () => {
  it('says what is lost, copies the vault before and leaves nothing else', async () => {
    const { other, path, kid } = await twoVaults();
    const own = addWorkContext(other.vault, { name: 'Own', host: 'own.example', current: true });
    const lost = other.keys.create(own.id, 'laptop').kid;
    const { fileId, preview } = await openBackup(other, path);
    expect(preview.leaving).toEqual({ contexts: 1, credentials: 1, names: ['Own'] });
    expect(await other.backups.restore(fileId, 'replace')).toEqual({
      contexts: 1,
      credentials: 1,
      registries: 1,
    });
    expect(names(other)).toEqual(['Work, current']);
    expect(keyRow(other, lost)).toBeUndefined();
    expectSigns(other, kid);
    expect(other.removed).toEqual([own.id]);
    expect(other.copies.good()).toMatchObject([{ contexts: 1, credentials: 1 }]);
    expect(other.activity.verify().brokenAt).toBeNull();
  });

  it('keeps the ids of what stays, so that a registry’s set-up can still be undone', async () => {
    const { one, path } = await twoVaults();
    const id = onlyId(one);
    one.vault.sql().run(
      `INSERT INTO registry_setups (id, context_id, tool, host, file, after_hash, created_at)
       VALUES ('s', ?, 'podman', 'kheeper.example', '/auth.json', 'hash', ?)`,
      ...[id, noon],
    );
    await restore(one, path, 'replace');
    expect(onlyId(one)).toBe(id);
    expect(one.vault.sql().all('SELECT id FROM registry_setups')).toEqual([{ id: 's' }]);
    expect(one.removed).toEqual([]);
  });

  it('works when two contexts have exchanged their names since', async () => {
    const one = await newBackups();
    const a = addWorkContext(one.vault, { name: 'A', userId: 'u_a', current: true });
    const b = addWorkContext(one.vault, { name: 'B', userId: 'u_b' });
    const path = await save(one);
    const rename = (id: string, name: string): void => {
      one.vault.sql().run('UPDATE contexts SET name = ? WHERE id = ?', name, id);
    };
    rename(a.id, 'C');
    rename(b.id, 'A');
    rename(a.id, 'B');
    await restore(one, path, 'replace');
    const found = readContexts(one.vault.sql()).map(({ id, name }) => ({ id, name }));
    expect(found).toEqual([
      { id: a.id, name: 'A' },
      { id: b.id, name: 'B' },
    ]);
  });

  it('keeps a key revoked that the vault knows to be so', async () => {
    const { one, path, kid } = await twoVaults();
    revokeOnly(one);
    await restore(one, path, 'replace');
    expectRevoked(one, kid);
  });

  it('changes nothing when a row cannot be written, and can be tried again', async () => {
    const { other, path } = await twoVaults();
    addWorkContext(other.vault, { name: 'Own', host: 'own.example', current: true });
    const before = rowsOf(other);
    const { fileId } = await openBackup(other, path);
    // The last thing that is written refuses.
    other.vault.sql().exec(`
      CREATE TEMP TRIGGER refuse BEFORE INSERT ON activity WHEN NEW.kind = 'backup.restored'
      BEGIN SELECT RAISE(ABORT, 'refused'); END
    `);
    await expect(other.backups.restore(fileId, 'replace')).rejects.toThrow('refused');
    expect(rowsOf(other)).toEqual(before);
    other.vault.sql().exec('DROP TRIGGER refuse');
    expect(await other.backups.restore(fileId, 'replace')).toMatchObject({ contexts: 1 });
  });
});

/** How a vault comes to know that a key is revoked, and whether the service itself has said so. */
const revocations: Record<string, (parts: BackupParts, path: string) => Promise<void> | void> = {
  'its service said so': (parts) => revokeOnly(parts),
  'the person said so, and the service did not': ({ vault, keys }) =>
    keys.endings.retire(readAllKeys(vault.sql())[0]?.id ?? '', 'service not reached', false),
  'a newer backup said so': async (parts, path) => {
    const elsewhere = await newBackups();
    await restore(elsewhere, path, 'merge');
    revokeOnly(elsewhere);
    await restore(parts, await save(elsewhere, `${path}.newer`), 'merge');
  },
};

describe.each(Object.keys(revocations))('a key that is revoked because %s', (how) => {
  it.each(['merge', 'replace'] as const)(
    'stays revoked, whatever an older backup says (%s)',
    async (mode) => {
      const { one, path, kid } = await twoVaults();
      await revocations[how]?.(one, path);
      expectRevoked(one, kid);
      await restore(one, path, mode);
      expectRevoked(one, kid);
      expect(() => one.keys.signJwt(kid, { typ: 'JWT', alg: 'Ed25519' }, {})).toThrow('key_not_found');
    },
  );
});

describe('a key that a restore ends', () => {
  it.each(['merge', 'replace'] as const)('stays revoked when it was deleted since (%s)', async (mode) => {
    const { one, path, kid } = await twoVaults();
    revokeOnly(one);
    one.keys.endings.remove(readAllKeys(one.vault.sql())[0]?.id ?? '');
    await restore(one, path, mode);
    expectRevoked(one, kid);
    expect(one.keys.validity(kid)).toEqual({ state: 'revoked', at: noon });
  });

  it('leaves a context signed out whose key the service refuses', async () => {
    const { one, path, kid } = await twoVaults();
    const id = onlyId(one);
    one.keys.endings.removeAllOf(id, new Set([kid]));
    one.vault.sql().run('UPDATE contexts SET credential = NULL');
    await restore(one, path, 'merge');
    expectRevoked(one, kid);
    expect(readContexts(one.vault.sql())).toMatchObject([{ id, state: 'signed_out' }]);
  });

  it.each(['replaced', 'revoked'])('is known to have ended, and is told of (%s)', async (how) => {
    const { one, other, path, kid } = await twoVaults();
    await restore(other, path, 'merge');
    const told: string[] = [];
    other.keys.endings.onEnd((ended) => told.push(ended));
    if (how === 'replaced') {
      one.keys.endings.remove(readAllKeys(one.vault.sql())[0]?.id ?? '');
      await restore(other, await save(one, `${path}.later`), 'replace');
    } else {
      revokeOnly(one);
      await restore(other, await save(one, `${path}.later`), 'merge');
    }
    expect(told).toEqual([kid]);
    expect(other.keys.validity(kid)).toEqual({ state: 'deleted', at: noon });
    expect(other.keys.publicKeys().map((half) => half.kid)).toEqual([kid]);
    expect(other.vault.sql().all('SELECT kid, refused FROM ended_keys')).toEqual([{ kid, refused: 0 }]);
  });

  it('has not ended once it is back, and ends anew', async () => {
    const { one, path, kid } = await twoVaults();
    one.keys.endings.remove(readAllKeys(one.vault.sql())[0]?.id ?? '');
    await restore(one, path, 'merge');
    expect(one.keys.validity(kid)).toEqual({ state: 'live' });
    revokeOnly(one);
    expect(one.keys.validity(kid)).toEqual({ state: 'revoked', at: noon });
  });
});

describe('a name that is free', () => {
  it.each([
    ['Work', [], 'Work'],
    ['Work', ['work'], 'Work 2'],
    ['Work', ['work', 'work 2'], 'Work 3'],
    ['x'.repeat(40), ['x'.repeat(40)], `${'x'.repeat(38)} 2`],
    // Two code units each: half of one would be no name.
    ['𐐷'.repeat(20), ['𐐏'.repeat(20).toLowerCase()], `${'𐐷'.repeat(18)} 2`],
  ])('%s beside %j is %s', (name, others, free) => {
    expect(freeName(name, new Set(others))).toBe(free);
    expect(free.length).toBeLessThanOrEqual(limits.contextNameMax);
  });

  it('is found with few tries for each of many names that begin alike', () => {
    const names = Array.from({ length: 300 }, (_, index) => `${'x'.repeat(37)}${String(100 + index)}`);
    let tries = 0;
    class Counted extends Set<string> {
      override has(name: string): boolean {
        tries += 1;
        return super.has(name);
      }
    }
    const taken = new Counted(names);
    const numbers = new Map<string, number>();
    for (const name of names) taken.add(freeName(name, taken, numbers));
    expect(taken.size).toBe(600);
    expect(tries).toBeLessThan(1000);
  });
});
