import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readContexts } from '../../../../main/core/contexts/context-store.ts';
import { readAllKeys } from '../../../../main/core/credentials/keys/key-store.ts';
import { everyState } from '../vault/every-state.ts';
import { removeVaults, unlock } from '../vault/vault-parts.ts';
import { newBackups, openBackup, restartBackups, save, type BackupParts } from './backup-parts.ts';

afterEach(removeVaults);

const vaults = join(import.meta.dirname, '../../../support/vaults');
const backup = join(vaults, 'of-schema-2.keyhold-backup');

describe('a backup from before rows were authenticated', () => {
  it.each(['merge', 'replace'] as const)(
    'is restored (%s), and its rows are authenticated then',
    async (mode) => {
      const parts = await newBackups();
      const { fileId } = await openBackup(parts, backup);
      expect(await parts.backups.restore(fileId, mode)).toMatchObject({ contexts: 2, credentials: 4 });
      const again = restartBackups(parts);
      await unlock(again.vault);
      expect(readContexts(again.vault.sql()).map(({ name }) => name)).toEqual(['Work', 'Home']);
      const keys = readAllKeys(again.vault.sql());
      expect(keys.map((key) => key.revoked_at !== null)).toContain(true);
      for (const { kid, revoked_at: revoked } of keys) {
        const signing = (): string => again.keys.signJwt(kid, { typ: 'JWT', alg: 'Ed25519' }, {});
        if (revoked === null) expect(signing()).toMatch(/^ey/);
        else expect(signing).toThrow('key_not_found');
      }
    },
  );
});

describe.each(['every-state-of-schema-2', 'every-state-of-schema-3', 'every-state-of-schema-4'])(
  'a backup of format 1 or 2 with contexts in every state (%s)',
  (name) => {
    it.each(['merge', 'replace'] as const)('is restored whole (%s), and saved anew', async (mode) => {
      const parts = await newBackups();
      const { fileId } = await openBackup(parts, join(vaults, `${name}.keyhold-backup`));
      await parts.backups.restore(fileId, mode);
      expectEveryState(parts);
      const other = await newBackups();
      const { fileId: again } = await openBackup(other, await save(parts));
      await other.backups.restore(again, mode);
      expectEveryState(other);
    });
  },
);

describe.each(['of-schema-2', 'every-state-of-schema-3', 'every-state-of-schema-4'])(
  'a backup of format 1 or 2 (%s)',
  (name) => {
    it.each(['merge', 'replace'] as const)('brings no key back that is revoked since (%s)', async (mode) => {
      const parts = await newBackups();
      const restore = async (): Promise<void> => {
        const { fileId } = await openBackup(parts, join(vaults, `${name}.keyhold-backup`));
        await parts.backups.restore(fileId, mode);
      };
      await restore();
      const living = (): string[] =>
        readAllKeys(parts.vault.sql()).flatMap(({ id, revoked_at }) => (revoked_at === null ? [id] : []));
      const ids = living();
      expect(ids.length).toBeGreaterThan(1);
      // Half of them with a word of their service.
      for (const [at, id] of ids.entries()) parts.keys.endings.retire(id, 'told so', at % 2 === 0);
      await restore();
      expect(living()).toEqual([]);
    });
  },
);

function expectEveryState({ vault, keys }: BackupParts): void {
  const contexts = readContexts(vault.sql());
  expect(contexts.map(({ id, name, state }) => [name, state, keys.list(id).length])).toEqual(everyState);
  const second = contexts.find(({ name }) => name === 'Second account')?.id ?? '';
  expect(keys.terms(second)).toEqual({ signingAlg: 'EdDSA', maxTokenTtl: 3600 });
  expect(contexts.find(({ current }) => current)?.name).toBe('Active');
}
