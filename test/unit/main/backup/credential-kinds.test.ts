import { afterEach, describe, expect, it } from 'vitest';
import { readContexts } from '../../../../main/core/contexts/context-store.ts';
import { testApiKey, testPasted, testSession } from '../credentials/credential-parts.ts';
import { removeVaults } from '../vault/vault-parts.ts';
import {
  addWorkContext,
  newBackups,
  openBackup,
  restartBackups,
  restore,
  save,
  twoVaults,
  type BackupParts,
} from './backup-parts.ts';

afterEach(removeVaults);

/** A context that is signed in by an API key, a session or a token. */
function addSignedIn(
  parts: BackupParts,
  by: typeof testApiKey | typeof testSession | typeof testPasted,
  facts: Parameters<typeof addWorkContext>[1] = {},
): string {
  const { id } = addWorkContext(parts.vault, { ...facts, credential: by.kind });
  parts.credentials.make(id, by);
  return id;
}

const contexts = ({ vault }: BackupParts): unknown[] =>
  readContexts(vault.sql()).map(({ name, credential, state }) => [name, credential, state]);

/** The API key that signs a context in, as its service would get it. */
async function secretOf(parts: BackupParts, id: string): Promise<string | undefined> {
  const context = readContexts(parts.vault.sql()).find((each) => each.id === id);
  if (context === undefined) throw new Error('no context');
  return (await parts.credentials.authorize(context)).headers['authorization'];
}

describe('an API key in a backup', () => {
  it.each(['merge', 'replace'] as const)('is restored with its context (%s)', async (mode) => {
    const one = await newBackups();
    addWorkContext(one.vault, { name: 'By key', userId: 'u_key', current: true });
    const id = addSignedIn(one, testApiKey, { name: 'By API key', org: 'acme', dialects: ['kisenon'] });
    one.keys.create(readContexts(one.vault.sql())[0]?.id ?? '', 'laptop');
    expect(one.backups.status().newCredentials).toBe(2);
    const path = await save(one);
    expect(one.backups.status().newCredentials).toBe(0);
    const other = await newBackups();
    expect((await openBackup(other, path)).preview).toMatchObject({ credentials: 2, newCredentials: 2 });
    expect(await restore(other, path, mode)).toMatchObject({ contexts: 2, credentials: 2 });
    expect(contexts(other)).toEqual(contexts(one));
    expect(await secretOf(other, id)).toBe(`Bearer ${testApiKey.secret}`);
    expect(other.vault.sql().all('SELECT key_id, label FROM api_keys')).toEqual([
      { key_id: testApiKey.keyId, label: testApiKey.label },
    ]);
    const again = restartBackups(other);
    await again.vault.unlock(Buffer.from('correct horse battery staple'));
    expect(contexts(again)).toEqual(contexts(one));
  });

  it('changes nothing where its context is signed in, and brings none back that was signed out', async () => {
    const one = await newBackups();
    const id = addSignedIn(one, testApiKey, { current: true });
    const path = await save(one);
    expect((await openBackup(one, path)).preview.rows).toMatchObject([{ outcome: 'same' }]);
    await restore(one, path, 'merge');
    expect(one.vault.sql().all('SELECT 1 FROM api_keys')).toHaveLength(1);
    one.credentials.delete(id);
    one.vault.sql().run('UPDATE contexts SET credential = NULL');
    expect(await restore(one, path, 'merge')).toMatchObject({ contexts: 0, credentials: 0 });
    expect(contexts(one)).toEqual([['Work', null, 'signed_out']]);
    expect(await restore(one, path, 'replace')).toMatchObject({ contexts: 1, credentials: 1 });
    expect(contexts(one)).toEqual([['Work', 'api-key', 'active']]);
  });

  it('is left a second time, after it was left, not revoked, and restored', async () => {
    const one = await newBackups();
    const context = addWorkContext(one.vault, { credential: 'api-key', current: true });
    one.credentials.make(context.id, testApiKey);
    const path = await save(one);
    for (const times of [1, 2]) {
      one.credentials.leave({ ...context, id: readContexts(one.vault.sql())[0]?.id ?? '' }, null);
      expect(one.credentials.unrevoked.list()).toHaveLength(times);
      await restore(one, path, 'replace');
    }
  });

  it('is a context of its own beside others of the same user', async () => {
    const one = await newBackups();
    addSignedIn(one, testApiKey, { current: true });
    const other = await newBackups();
    const second = { ...testApiKey, keyId: 'key_other', secret: 'nsk_other' } as unknown as typeof testApiKey;
    addSignedIn(other, second, { name: 'Mine', current: true });
    await restore(other, await save(one), 'merge');
    expect(contexts(other)).toEqual([
      ['Mine', 'api-key', 'active'],
      ['Work', 'api-key', 'active'],
    ]);
  });

  it('gives keys to no context that signs in by something else since', async () => {
    const { one, path } = await twoVaults();
    const id = readContexts(one.vault.sql())[0]?.id ?? '';
    const credentials = one.credentials;
    credentials.delete(id);
    credentials.make(id, testApiKey);
    one.vault.sql().run(`UPDATE contexts SET credential = 'api-key'`);
    expect((await openBackup(one, path)).preview.rows).toMatchObject([{ outcome: 'same' }]);
    await restore(one, path, 'merge');
    expect(contexts(one)).toEqual([['Work', 'api-key', 'active']]);
    expect(one.vault.sql().all('SELECT 1 FROM keys')).toEqual([]);
    await restore(one, path, 'replace');
    expect(contexts(one)).toEqual([['Work', 'key', 'active']]);
    expect(one.vault.sql().all('SELECT 1 FROM api_keys')).toEqual([]);
  });

  it('is counted in the copies of the vault, whatever their version', async () => {
    const one = await newBackups();
    addSignedIn(one, testApiKey, { current: true });
    one.copies.keep();
    expect(one.copies.good()).toMatchObject([{ contexts: 1, credentials: 1 }]);
  });
});

describe.each([testSession, testPasted])('what is in no backup', (by) => {
  it(`leaves the context of a ${by.kind} as signed out`, async () => {
    const one = await newBackups();
    addSignedIn(one, by, { current: true });
    const path = await save(one);
    const other = await newBackups();
    expect(await restore(other, path, 'merge')).toMatchObject({ contexts: 1, credentials: 0 });
    expect(contexts(other)).toEqual([['Work', null, 'signed_out']]);
  });

  it(`stays where a backup is merged, and ends where one replaces everything: a ${by.kind}`, async () => {
    const one = await newBackups();
    addSignedIn(one, by, { current: true });
    const path = await save(one);
    const { preview } = await openBackup(one, path);
    expect(preview).toMatchObject({ rows: [{ outcome: 'same' }], leaving: { credentials: 1 } });
    await restore(one, path, 'merge');
    expect(contexts(one)).toEqual([['Work', by.kind, 'active']]);
    const ended: string[] = [];
    one.credentials.onEnd((each) => ended.push(each));
    const session = one.vault
      .sql()
      .get<{ id: string }>('SELECT id FROM sessions UNION SELECT id FROM pasted_tokens')?.id;
    await restore(one, path, 'replace');
    expect(contexts(one)).toEqual([['Work', null, 'signed_out']]);
    expect(ended).toEqual([session]);
  });
});
