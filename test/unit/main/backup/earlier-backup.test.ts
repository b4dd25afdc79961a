import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readContexts } from '../../../../main/core/contexts/context-store.ts';
import { readAllKeys } from '../../../../main/core/credentials/keys/key-store.ts';
import { removeVaults, unlock } from '../vault/vault-parts.ts';
import { newBackups, openBackup, restartBackups } from './backup-parts.ts';

afterEach(removeVaults);

const backup = join(import.meta.dirname, '../../../support/vaults/of-schema-2.keyhold-backup');

describe('a backup from before rows were authenticated', () => {
  it.each(['merge', 'replace'] as const)(
    'is restored (%s), and its rows are authenticated then',
    async (mode) => {
      const parts = await newBackups();
      const { fileId } = await openBackup(parts, backup);
      expect(await parts.backups.restore(fileId, mode)).toMatchObject({ contexts: 2, keys: 4 });
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
