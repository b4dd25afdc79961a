import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  addContext,
  newVault,
  passphrase,
  removeVaults,
  restart,
  unlock,
  vaultParts,
} from './vault-parts.ts';

afterEach(removeVaults);

function isZero(bytes: Buffer): boolean {
  return bytes.equals(Buffer.alloc(bytes.length));
}

describe('secrets in memory', () => {
  it('are zeroed: the passphrase, whether it fits or not', async () => {
    const { vault } = vaultParts();
    const given = [passphrase, 'short', 'not the passphrase', passphrase].map((text) => Buffer.from(text));
    const [forNew, short, wrong, right] = given as [Buffer, Buffer, Buffer, Buffer];
    await vault.create(forNew);
    await vault.create(short).catch(() => undefined);
    vault.lock();
    await vault.unlock(wrong).catch(() => undefined);
    await vault.unlock(right);
    expect(given.map(isZero)).toEqual([true, true, true, true]);
  });

  it('are zeroed: the key that the passphrase gave, at once', async () => {
    const parts = await newVault();
    parts.vault.lock();
    await unlock(parts.vault, 'not the passphrase').catch(() => undefined);
    await unlock(parts.vault);
    expect(parts.kdf.keys).toHaveLength(3);
    expect(parts.kdf.keys.every(isZero)).toBe(true);
  });

  it('are zeroed: the seed of a new key at once, the data key when the vault is locked', async () => {
    const { vault, random, keys } = await newVault();
    const contextId = addContext(vault);
    const before = random.given.length;
    const dataKey = random.given.find((bytes) => bytes.length === 32);
    keys.create(contextId, 'laptop');
    const seed = random.given.slice(before).find((bytes) => bytes.length === 32);
    if (dataKey === undefined || seed === undefined) throw new Error('No 32 random bytes were asked for.');
    expect(isZero(seed)).toBe(true);
    expect(isZero(dataKey)).toBe(false);
    vault.lock();
    expect(isZero(dataKey)).toBe(true);
  });

  it('are zeroed: the data key of a vault that could not be made', async () => {
    const { vault, random } = vaultParts();
    const creating = vault.create(Buffer.from(passphrase));
    await Promise.resolve();
    vault.lock();
    await expect(creating).rejects.toThrow('vault_locked');
    const dataKey = random.given.find((bytes) => bytes.length === 32);
    expect(dataKey !== undefined && isZero(dataKey)).toBe(true);
  });
});

describe('secrets on disk', () => {
  it('are in no file of the vault, neither while it is open nor after', async () => {
    const parts = await newVault();
    const { vault, keys, random } = parts;
    const contextId = addContext(vault);
    const before = random.given.length;
    // The buffers themselves are zeroed by then, so that copies are searched for.
    const seeds: Buffer[] = [];
    const bytes = random.bytes.bind(random);
    random.bytes = (length) => {
      const given = bytes(length);
      if (length === 32) seeds.push(Buffer.from(given));
      return given;
    };
    for (let index = 0; index < 20; index += 1) keys.create(contextId, `key ${index}`);
    expect(random.given.length).toBeGreaterThan(before);
    expect(seeds).toHaveLength(20);
    const dataKey = Buffer.from(random.given.find((each) => each.length === 32) ?? Buffer.alloc(0));
    const secrets = [Buffer.from(passphrase), dataKey, ...seeds];
    expect(dataKey).toHaveLength(32);

    const folder = dirname(parts.path);
    const open = readdirSync(folder).sort();
    expect(open).toEqual(['vault.db', 'vault.db-shm', 'vault.db-wal']);
    expect(findIn(folder, secrets)).toEqual([]);
    // The search finds what is there: the public key is.
    expect(
      findIn(folder, [Buffer.from(keys.publicJwk(keys.list(contextId)[0]?.kid ?? '').x, 'base64url')]),
    ).not.toEqual([]);
    await unlock(restart(parts).vault);
    expect(findIn(folder, secrets)).toEqual([]);
  });

  it('are overwritten when their context is removed', async () => {
    const parts = await newVault();
    const { vault, keys, path } = parts;
    const { kid } = keys.create(addContext(vault), 'laptop');
    const sealed = vault
      .sql()
      .get<{ sealed_seed: Buffer }>('SELECT sealed_seed FROM keys WHERE kid = ?', kid);
    if (sealed === undefined) throw new Error('The key was not kept.');
    vault.close();
    expect(readFileSync(path).includes(sealed.sealed_seed)).toBe(true);
    const again = restart(parts);
    await unlock(again.vault);
    again.vault.sql().run('DELETE FROM contexts');
    expect(again.vault.sql().all('SELECT id FROM keys')).toEqual([]);
    again.vault.close();
    expect(readFileSync(path).includes(sealed.sealed_seed)).toBe(false);
  });
});

/** The files of `folder` that hold one of the secrets: as they are, in hexadecimal or in base64. */
function findIn(folder: string, secrets: readonly Buffer[]): string[] {
  return readdirSync(folder).filter((name) => {
    const content = readFileSync(join(folder, name));
    return secrets.some((secret) =>
      [secret, secret.toString('hex'), secret.toString('base64'), secret.toString('base64url')].some((form) =>
        content.includes(form),
      ),
    );
  });
}
