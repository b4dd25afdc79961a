import { afterEach, describe, expect, it } from 'vitest';
import { argon2Kdf } from '../../../../main/adapters/kdf.ts';
import { systemRandom } from '../../../../main/adapters/random.ts';
import {
  newBackupKey,
  openBackup,
  readBackup,
  sealBackup,
} from '../../../../main/core/backup/backup-file.ts';
import { deriveKey } from '../../../../main/core/vault/bytes.ts';
import { withSlot } from '../../../../main/core/vault/header.ts';
import { wrapDataKey } from '../../../../main/core/vault/slot-making.ts';
import { wrapWithPassphrase } from '../../../../main/core/vault/slots.ts';
import { passphraseStrength } from '../../../../main/core/vault/strength.ts';
import { tryEachSpelling } from '../../../../main/core/vault/passphrase-spellings.ts';
import {
  cheapest,
  newVault,
  passphrase,
  removeVaults,
  restart,
  unlock,
  vaultParts,
  type VaultParts,
} from './vault-parts.ts';

afterEach(removeVaults);

const composed = 'pl\u00fcm anch\u00f6r v\u00e9lvet \u1e69tern';
const decomposed = composed.normalize('NFD');
/** As a keyboard makes it that has its spaces with a further key held down, and one accent alone. */
const odd = 'plu\u0308m\u00a0anch\u00f6r\u202fv\u00e9lvet\u3000s\u0307\u0323tern';

async function vaultOf(text: string): Promise<VaultParts> {
  const parts = vaultParts();
  await parts.vault.create(Buffer.from(text));
  return restart(parts);
}

/** A vault that an earlier Keyhold gave this passphrase: with the bytes as they were typed. */
async function earlierVaultOf(text: string): Promise<VaultParts> {
  const parts = await newVault();
  const { session } = parts.vault;
  const slot = await wrapDataKey(session, (wrapping) =>
    wrapWithPassphrase(session.deps, wrapping, Buffer.from(text), cheapest),
  );
  const header = withSlot(session.store().header, slot);
  session.commit({ header, event: { kind: 'vault.passphrase_changed', detail: null } });
  return restart(parts);
}

const failures = ({ vault }: VaultParts): unknown[] =>
  vault.sql().all(`SELECT seq FROM activity WHERE kind = 'vault.unlock_failed'`);

describe('a passphrase with letters that have two spellings', () => {
  it.each([
    ['composed', composed],
    ['decomposed', decomposed],
    ['mixed, with other spaces', odd],
  ])('set %s opens the vault in every spelling, by one derivation', async (_name, made) => {
    const parts = await vaultOf(made);
    for (const typed of [composed, decomposed, odd]) {
      const before = parts.kdf.keys.length;
      await unlock(parts.vault, typed);
      expect(parts.kdf.keys.length - before).toBe(1);
      parts.vault.lock();
    }
  });

  it.each([
    ['composed', composed, composed, 1],
    ['composed', composed, decomposed, 1],
    ['decomposed', decomposed, decomposed, 2],
    ['decomposed', decomposed, composed, 2],
    ['mixed, with other spaces', odd, odd, 2],
  ])('of an earlier Keyhold, set %s, still opens it', async (_name, made, typed, derivations) => {
    const parts = await earlierVaultOf(made);
    await unlock(parts.vault, typed);
    expect(parts.vault.isUnlocked).toBe(true);
    expect(parts.kdf.keys).toHaveLength(derivations);
    expect(failures(parts)).toHaveLength(0);
  });

  it('that is wrong is one wrong try, however many spellings it has', async () => {
    const parts = await vaultOf(composed);
    for (const wait of [0, 0, 1000]) {
      await expect(unlock(parts.vault, `${odd}!`)).rejects.toMatchObject({
        code: 'wrong_passphrase',
        details: { retryAfterMs: wait },
      });
    }
    expect(failures(parts)).toHaveLength(3);
    await expect(unlock(parts.vault, composed)).rejects.toMatchObject({ code: 'unlock_delayed' });
  });

  it('proves, changes and re-keys as it unlocks', async () => {
    const parts = await earlierVaultOf(decomposed);
    await unlock(parts.vault, composed);
    const code = await parts.slots.makeRecoveryCode(Buffer.from(composed));
    const typedCode = parts.slots.codes.read(code).code;
    await parts.slots.addKeychain(Buffer.from(decomposed));
    await parts.slots.rekey(Buffer.from(composed));
    await parts.slots.changePassphrase({ old: Buffer.from(decomposed), new: Buffer.from(`${decomposed} a`) });
    const again = restart(parts);
    await unlock(again.vault, `${composed}\u00a0a`);
    expect(again.kdf.keys).toHaveLength(1);
    const newCode = await again.slots.makeRecoveryCode(null);
    expect(again.slots.codes.read(newCode).code).not.toBe(typedCode);
    await again.slots.recover(again.slots.codes.read(newCode).code, Buffer.from(decomposed));
    const last = restart(again);
    await unlock(last.vault, composed);
    expect(last.kdf.keys).toHaveLength(1);
  });

  it('in ASCII is derived once, right or wrong', async () => {
    const parts = restart(await newVault());
    await expect(unlock(parts.vault, `${passphrase}.`)).rejects.toThrow('wrong_passphrase');
    await unlock(parts.vault);
    expect(parts.kdf.keys).toHaveLength(2);
  });

  it('keeps letters apart that only look alike, and blanks at its ends', async () => {
    const parts = await vaultOf('velvet \ufb01ne \u00b2 anchor');
    for (const typed of [
      'velvet fine \u00b2 anchor',
      'velvet \ufb01ne 2 anchor',
      'velvet \ufb01ne \u00b2 anchor ',
    ]) {
      await expect(unlock(parts.vault, typed)).rejects.toThrow(/wrong_passphrase/);
      parts.clock.time += 60_000;
    }
    await unlock(parts.vault, 'velvet \ufb01ne \u00b2 anchor');
  });

  it('is weighed and counted in the spelling that is kept', async () => {
    expect(await passphraseStrength(decomposed)).toEqual(await passphraseStrength(composed));
    const nine = '\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc'.normalize('NFD');
    await expect(vaultParts().vault.create(Buffer.from(nine))).rejects.toThrow('passphrase_too_short');
  });

  it('leaves no spelling of it behind', async () => {
    const tried: Buffer[] = [];
    await tryEachSpelling(Buffer.from(odd), 'typed', (spelling) => {
      expect(spelling.some((byte) => byte !== 0)).toBe(true);
      tried.push(spelling);
      return Promise.resolve(null);
    });
    expect(tried).toHaveLength(4);
    for (const spelling of tried) expect(spelling.every((byte) => byte === 0)).toBe(true);
  });
});

describe('the passphrase of a backup', () => {
  const content = Buffer.from('what is in the backup');
  const deps = { kdf: argon2Kdf, random: systemRandom };
  const open = async (file: Buffer, typed: string): Promise<string> =>
    (await openBackup(argon2Kdf, readBackup(file), Buffer.from(typed))).toString();

  it('opens it in every spelling', async () => {
    for (const made of [composed, decomposed, odd]) {
      const file = sealBackup(systemRandom, await newBackupKey(deps, Buffer.from(made), cheapest), content);
      for (const typed of [composed, decomposed, odd])
        expect(await open(file, typed)).toBe(content.toString());
      await expect(open(file, `${odd}!`)).rejects.toThrow('backup_wrong_passphrase');
    }
  });

  it.each([
    ['composed', composed],
    ['decomposed', decomposed],
  ])('of an earlier Keyhold, set %s, opens it in either spelling', async (_name, made) => {
    const salt = systemRandom.bytes(16);
    const derived = await argon2Kdf.argon2id(Buffer.from(made), salt, cheapest);
    const key = deriveKey(derived, 'keyhold backup v1');
    const file = sealBackup(systemRandom, { parameters: cheapest, salt, key }, content);
    for (const typed of [composed, decomposed]) expect(await open(file, typed)).toBe(content.toString());
  });
});
