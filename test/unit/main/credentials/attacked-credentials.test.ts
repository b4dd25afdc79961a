import { afterEach, describe, expect, it } from 'vitest';
import { attacked, filledVault } from '../vault/attacked-vault.ts';
import { addContext, newVault, removeVaults, unlock } from '../vault/vault-parts.ts';
import { newCredentials, testApiKey, testPasted, testSession } from './credential-parts.ts';

afterEach(removeVaults);

/** What somebody who can write the vault's file may wish to be so. */
const attacks: Record<string, string> = {
  'a service is said to speak something else': `UPDATE contexts SET dialects = 'kisenon' WHERE name = 'Work'`,
  'a context acts in another organization': `UPDATE contexts SET org = 'evil' WHERE name = 'Work'`,
  'a context is signed in by something else': `UPDATE contexts SET credential = 'session' WHERE name = 'Api key'`,
  'an API key is of another context': `UPDATE api_keys SET context_id = (SELECT id FROM contexts WHERE name = 'Work')`,
  'an API key has another id at its service': `UPDATE api_keys SET key_id = 'key_other'`,
  'an API key never ends': 'UPDATE api_keys SET expires_at = NULL',
  'a session is not over': `UPDATE sessions SET ends_at = '2099-01-01T00:00:00.000Z'`,
  'a session is gone': 'DELETE FROM sessions',
  'a token never ends': 'UPDATE pasted_tokens SET ends_at = NULL',
  'a token goes into another field': `UPDATE pasted_tokens SET form = 'dev-token'`,
  'a token is of another context': `UPDATE pasted_tokens SET context_id = (SELECT id FROM contexts WHERE name = 'Work')`,
  'a token may go to another service': 'DELETE FROM audiences',
  'what is to be revoked is of another service': `UPDATE unrevoked SET origin = 'https://evil.example'`,
  'what is to be revoked is forgotten': 'DELETE FROM unrevoked',
};

/** Puts into each row of a table what another row has sealed. */
const exchange = (table: string, sealed: string): string => `
  CREATE TEMP TABLE rows AS
    SELECT row_number() OVER (ORDER BY id) AS place, id, ${sealed} AS sealed FROM ${table};
  UPDATE ${table} SET ${sealed} = (
    SELECT sealed FROM rows WHERE place <> (SELECT place FROM rows AS own WHERE own.id = ${table}.id));
`;

describe('a vault that was written by somebody else, so that', () => {
  it.each(Object.keys(attacks))('%s, does not open', async (name) => {
    const parts = attacked(await filledVault(), (database) => database.exec(attacks[name] ?? ''));
    await expect(unlock(parts.vault)).rejects.toMatchObject({
      code: 'vault_damaged',
      details: { changed: true },
    });
  });

  it.each([
    ['api_keys', 'sealed_key', testApiKey],
    ['sessions', 'sealed_token', testSession],
    ['pasted_tokens', 'sealed_token', testPasted],
  ] as const)('sealed values of %s are exchanged, does not open', async (table, sealed, made) => {
    const parts = await filledVault();
    await unlock(parts.vault);
    newCredentials(parts).make(addContext(parts.vault, crypto.randomUUID(), 'Second'), made);
    parts.vault.close();
    const copy = attacked(parts, (database) => database.exec(exchange(table, sealed)));
    await expect(unlock(copy.vault)).rejects.toMatchObject({ code: 'vault_damaged' });
  });
});

describe('a sealed value', () => {
  it.each([
    ['api_keys', 'sealed_key', testApiKey, 'api-key'],
    ['sessions', 'sealed_token', testSession, 'session'],
    ['pasted_tokens', 'sealed_token', testPasted, 'pasted'],
  ] as const)(
    'of %s opens in its own row alone, whoever wrote it there',
    async (table, sealed, made, kind) => {
      const parts = await newVault();
      const credentials = newCredentials(parts);
      const ids = ['One', 'Two'].map((name) => addContext(parts.vault, crypto.randomUUID(), name));
      for (const id of ids) credentials.make(id, made);
      // By the app itself, so that the rows are vouched for.
      parts.vault
        .sql()
        .run(
          `UPDATE ${table} SET ${sealed} = (SELECT ${sealed} FROM ${table} WHERE context_id = ?)`,
          ids[0] ?? '',
        );
      const [one, two] = ids.map((id) => ({
        id,
        origin: 'https://kheeper.example',
        userId: 'u',
        org: null,
        credential: kind,
      }));
      if (one === undefined || two === undefined) throw new Error('no contexts');
      await credentials.authorize(one);
      await expect(credentials.authorize(two)).rejects.toMatchObject({ code: 'vault_damaged' });
    },
  );
});
