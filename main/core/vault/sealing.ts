import { KeyholdError } from '../../../contracts/errors.ts';
import type { Random } from '../ports.ts';
import { decrypt, encrypt, nonceLength } from './aes.ts';
import { lengthPrefixed } from './bytes.ts';
import type { Keyring } from './keyring.ts';

/** Where a sealed value lies. A sealed value opens at this place only. */
export interface SealPlace {
  table: string;
  row: string;
  column: string;
}

const formatVersion = 1;

/** What ties a sealed value to its vault, its row and its column, so that values cannot be moved about. */
function binding(vaultId: string, place: SealPlace): Buffer {
  return lengthPrefixed(['keyhold sealed', formatVersion, vaultId, place.table, place.row, place.column]);
}

function sealingKey(keyring: Keyring, place: SealPlace): Buffer {
  return keyring.key(`seal ${place.table}.${place.column}`);
}

/**
 * Encrypts a secret for one place.
 * @returns format version (1 byte), nonce (12), cipher text, tag (16)
 */
export function sealValue(
  keyring: Keyring,
  random: Random,
  vaultId: string,
  place: SealPlace,
  secret: Buffer,
): Buffer {
  const nonce = random.bytes(nonceLength);
  const sealed = encrypt(sealingKey(keyring, place), nonce, binding(vaultId, place), secret);
  return Buffer.concat([Buffer.of(formatVersion), nonce, sealed]);
}

/**
 * Decrypts what `sealValue` made for this very place.
 * @throws KeyholdError `vault_damaged` when the bytes were changed or belong elsewhere
 */
export function openValue(keyring: Keyring, vaultId: string, place: SealPlace, sealed: Buffer): Buffer {
  const bodyStart = 1 + nonceLength;
  if (sealed.length < bodyStart || sealed[0] !== formatVersion) throw new KeyholdError('vault_damaged');
  const nonce = sealed.subarray(1, bodyStart);
  const plain = decrypt(
    sealingKey(keyring, place),
    nonce,
    binding(vaultId, place),
    sealed.subarray(bodyStart),
  );
  if (plain === null) throw new KeyholdError('vault_damaged');
  return plain;
}
