import { existsSync, readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { makeSmallDisk, noSmallDisk, type SmallDisk } from '../../../support/small-disk.ts';
import { passphrase, removeVaults, restart, unlock, vaultParts } from '../vault/vault-parts.ts';
import {
  addWorkContext,
  backupPassphrase,
  type BackupParts,
  openBackup,
  restartBackups,
  rowsOf,
  save,
  withBackups,
} from './backup-parts.ts';

const reason = noSmallDisk();
// Printed, so that a run that leaves these out says so.
if (reason !== null) process.stdout.write(`skipped: disk full and read-only folder, because ${reason}\n`);

let disk: SmallDisk | null = null;
afterEach(() => {
  removeVaults();
  disk?.remove();
  disk = null;
});

/** An unlocked vault with a context and a key on a small disk. */
async function onSmallDisk(): Promise<BackupParts & { disk: SmallDisk; contextId: string; kid: string }> {
  disk = makeSmallDisk();
  const parts = withBackups(vaultParts(join(disk.folder, 'home')));
  await parts.vault.create(Buffer.from(passphrase));
  const contextId = addWorkContext(parts.vault, { current: true }).id;
  const { kid } = parts.keys.create(contextId, 'laptop');
  return { ...parts, disk, contextId, kid };
}

const refused = { code: 'storage_failed' };

describe.skipIf(reason !== null)('a full disk', () => {
  it('keeps what was saved, says so at what comes later, and goes on when there is room', async () => {
    const parts = await onSmallDisk();
    const saved = [parts.kid];
    parts.disk.fill(16 * 1024);
    expect(() => {
      for (let index = 0; index < 1000; index += 1)
        saved.push(parts.keys.create(parts.contextId, 'more').kid);
    }).toThrow('storage_failed');
    const kept = parts.keys.list(parts.contextId).map(({ kid }) => kid);
    expect(kept.sort()).toEqual(saved.sort());
    parts.disk.empty();
    saved.push(parts.keys.create(parts.contextId, 'after').kid);
    const again = restart(parts);
    await unlock(again.vault);
    expect(
      again.keys
        .list(parts.contextId)
        .map(({ kid }) => kid)
        .sort(),
    ).toEqual(saved.sort());
    expect(again.activity.verify().brokenAt).toBeNull();
  });

  it('leaves no half backup and no half copy', async () => {
    const parts = await onSmallDisk();
    parts.dialogs.to = parts.backupPath;
    parts.disk.fill(0);
    await expect(parts.backups.save(Buffer.from(backupPassphrase))).rejects.toMatchObject(refused);
    expect(() => {
      parts.copies.keepDaily();
    }).toThrow('storage_failed');
    expect(existsSync(parts.backupPath)).toBe(false);
    expect(parts.vaultFolder.copies()).toEqual([]);
    expect(readdirSync(join(parts.folder, 'data')).filter((name) => name.endsWith('.new'))).toEqual([]);
    parts.disk.empty();
    await save(parts);
    parts.copies.keepDaily();
    expect(parts.copies.good()).toHaveLength(1);
  });

  it('stops a restore before anything is changed', async () => {
    const parts = await onSmallDisk();
    const { fileId } = await openBackup(parts, await save(parts));
    parts.keys.create(parts.contextId, 'not in the backup');
    const before = rowsOf(parts);
    parts.disk.fill(0);
    await expect(parts.backups.restore(fileId, 'replace')).rejects.toMatchObject(refused);
    expect(rowsOf(parts)).toEqual(before);
    parts.disk.empty();
    expect(await parts.backups.restore(fileId, 'replace')).toMatchObject({ credentials: 1 });
  });

  it('stops a change of the passphrase and a re-key, and the old passphrase goes on to open the vault', async () => {
    const parts = await onSmallDisk();
    parts.disk.fill(0);
    const next = 'plum anchor velvet lantern';
    const change = parts.slots.changePassphrase({ old: Buffer.from(passphrase), new: Buffer.from(next) });
    await expect(change).rejects.toMatchObject(refused);
    await expect(parts.slots.rekey(Buffer.from(passphrase))).rejects.toMatchObject(refused);
    parts.disk.empty();
    const again = restart(parts);
    await unlock(again.vault);
    expect(again.keys.signJwt(parts.kid, { typ: 'JWT', alg: 'Ed25519' }, {})).toMatch(/^ey/);
  });

  it('does not cost a damaged vault its file', async () => {
    const parts = await onSmallDisk();
    parts.copies.keepDaily();
    parts.vault.close();
    truncateSync(parts.path, 9000);
    const again = restartBackups(parts);
    parts.disk.fill(0);
    expect(() => {
      again.rescue.useCopy('vault-2026-03-01.db');
    }).toThrow('storage_failed');
    expect(again.vaultFolder.setAsideFiles()).toEqual([]);
    const files = readdirSync(join(parts.folder, 'data'));
    expect(files.filter((name) => /new|damaged/.test(name))).toEqual([]);
    parts.disk.empty();
    expect(again.vault.status().state).toBe('damaged');
    again.rescue.useCopy('vault-2026-03-01.db');
    await unlock(again.vault);
  });
});

describe.skipIf(reason !== null)('a folder that cannot be written to', () => {
  it('is said to be so, by everything that writes, and nothing is lost', async () => {
    const parts = await onSmallDisk();
    parts.dialogs.to = parts.backupPath;
    parts.vault.close();
    parts.disk.setReadOnly(true);
    const locked = restartBackups(parts);
    expect(() => locked.vault.status()).toThrow('storage_failed');
    await expect(unlock(locked.vault)).rejects.toMatchObject(refused);
    parts.disk.setReadOnly(false);
    await unlock(locked.vault);
    expect(locked.keys.list(parts.contextId).map(({ kid }) => kid)).toEqual([parts.kid]);
  });

  it('does not cost a damaged vault its file', async () => {
    const parts = await onSmallDisk();
    parts.copies.keepDaily();
    parts.vault.close();
    truncateSync(parts.path, 9000);
    const again = restartBackups(parts);
    parts.disk.setReadOnly(true);
    expect(() => {
      again.rescue.setAside();
    }).toThrow('storage_failed');
    expect(() => {
      again.rescue.useCopy('vault-2026-03-01.db');
    }).toThrow('storage_failed');
    parts.disk.setReadOnly(false);
    expect(again.vaultFolder.setAsideFiles()).toEqual([]);
    again.rescue.useCopy('vault-2026-03-01.db');
    await unlock(again.vault);
  });
});

describe('a clock that jumps', () => {
  it.each([
    ['back by years', '1999-12-31T23:59:59Z'],
    ['ahead by decades', '2071-01-01T00:00:00Z'],
  ])('%s hinders neither unlocking nor writing, nor does it break the log', async (_how, time) => {
    const parts = withBackups(vaultParts());
    await parts.vault.create(Buffer.from(passphrase));
    const { id } = addWorkContext(parts.vault, { current: true });
    const other = restart(parts);
    await expect(unlock(other.vault, 'wrong')).rejects.toMatchObject({ code: 'wrong_passphrase' });
    other.vault.close();
    const again = restartBackups(parts);
    again.clock.time = Date.parse(time);
    await unlock(again.vault);
    again.clock.runPlanned();
    again.keys.create(id, 'in another time');
    await save(again);
    expect(again.activity.verify().brokenAt).toBeNull();
    expect(again.copies.good()).toMatchObject([{ day: time.slice(0, 10) }]);
    expect(again.backups.status()).toMatchObject({ newCredentials: 0 });
    expect((await openBackup(again, again.backupPath)).preview).toMatchObject({
      credentials: 1,
      newCredentials: 0,
    });
  });
});
