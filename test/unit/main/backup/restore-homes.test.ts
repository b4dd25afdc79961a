import { afterEach, describe, expect, it } from 'vitest';
import { readContexts } from '../../../../main/core/contexts/context-store.ts';
import { removeVaults } from '../vault/vault-parts.ts';
import {
  addWorkContext,
  newBackups,
  openBackup,
  restore,
  save,
  twoVaults,
  type BackupParts,
} from './backup-parts.ts';

afterEach(removeVaults);

const names = ({ vault }: BackupParts): string[] =>
  readContexts(vault.sql())
    .map(({ name }) => name)
    .sort();
const onlyId = ({ vault }: BackupParts): string => readContexts(vault.sql())[0]?.id ?? '';

describe('a restored context', () => {
  it('keeps what the service speaks, and the organization', async () => {
    const { one, other } = await twoVaults();
    one.vault.sql().run(`UPDATE contexts SET dialects = 'keyhold kisenon', org = 'acme'`);
    const later = await save(one, `${one.backupPath}.later`);
    for (const mode of ['merge', 'replace'] as const) {
      await restore(other, later, mode);
      expect(readContexts(other.vault.sql())).toMatchObject([
        { dialects: ['keyhold', 'kisenon'], org: 'acme' },
      ]);
    }
  });

  it.each(['merge', 'replace'] as const)(
    'knows a context by its id once it acts in another organization, and not another one of that user (%s)',
    async (mode) => {
      const { one, path, kid } = await twoVaults();
      const first = onlyId(one);
      const second = addWorkContext(one.vault, { name: 'Second' }).id;
      one.vault.sql().run(`UPDATE contexts SET org = 'acme' WHERE id = ?`, first);
      const { preview } = await openBackup(one, path);
      expect(preview.rows).toMatchObject([{ asName: 'Work', outcome: 'same' }]);
      expect(preview.leaving.names).toEqual(['Second']);
      await restore(one, path, mode);
      const kept = readContexts(one.vault.sql()).map(({ id, org }) => [id, org]);
      const merged = [
        [first, 'acme'],
        [second, null],
      ];
      expect(kept).toEqual(mode === 'merge' ? merged : [[first, null]]);
      expect(one.keys.current(first)?.kid).toBe(kid);
    },
  );

  it('puts no two contexts of a backup into one', async () => {
    const one = await newBackups();
    addWorkContext(one.vault, { name: 'A', org: 'acme', current: true });
    addWorkContext(one.vault, { name: 'B', org: 'acme' });
    const other = await newBackups();
    addWorkContext(other.vault, { name: 'Mine', org: 'acme', current: true });
    expect(await restore(other, await save(one), 'merge')).toMatchObject({ contexts: 1 });
    expect(names(other)).toEqual(['B', 'Mine']);
  });
});
