import type { Argon2Parameters, Kdf, Random } from '../ports.ts';
import { decrypt, encrypt, nonceLength } from './aes.ts';
import { lengthPrefixed, wipe } from './bytes.ts';
import type { PassphraseSlot } from './header.ts';

const saltLength = 16;

type SlotTerms = Omit<PassphraseSlot, 'wrapped'>;

/** What a wrapped key is bound to: a slot cannot be moved to another vault or get another cost. */
function binding(vaultId: string, slot: SlotTerms): Buffer {
  const { name, version, memoryKiB, iterations, parallelism, salt } = slot.kdf;
  const kdf = [name, version, memoryKiB, iterations, parallelism, salt];
  return lengthPrefixed(['keyhold slot', 1, vaultId, slot.id, slot.kind, slot.createdAt, ...kdf]);
}

async function wrappingKey(kdf: Kdf, passphrase: Buffer, terms: PassphraseSlot['kdf']): Promise<Buffer> {
  const { memoryKiB, iterations, parallelism } = terms;
  const salt = Buffer.from(terms.salt, 'base64');
  return kdf.argon2id(passphrase, salt, { memoryKiB, iterations, parallelism });
}

/**
 * Makes the slot by which a passphrase opens the vault: the data key, encrypted with AES-256-GCM under the
 * key that Argon2id (RFC 9106) makes from the passphrase.
 */
export async function wrapWithPassphrase(
  deps: { kdf: Kdf; random: Random },
  vault: { id: string; dataKey: Buffer; createdAt: string },
  passphrase: Buffer,
  parameters: Argon2Parameters,
): Promise<PassphraseSlot> {
  const terms: SlotTerms = {
    id: deps.random.uuid(),
    kind: 'passphrase',
    createdAt: vault.createdAt,
    kdf: {
      name: 'argon2id',
      version: 19,
      ...parameters,
      salt: deps.random.bytes(saltLength).toString('base64'),
    },
  };
  const key = await wrappingKey(deps.kdf, passphrase, terms.kdf);
  try {
    const nonce = deps.random.bytes(nonceLength);
    const ciphertext = encrypt(key, nonce, binding(vault.id, terms), vault.dataKey);
    return {
      ...terms,
      wrapped: { nonce: nonce.toString('base64'), ciphertext: ciphertext.toString('base64') },
    };
  } finally {
    wipe(key);
  }
}

/** Gives the data key, or null when the passphrase is not the slot's. */
export async function unwrapWithPassphrase(
  kdf: Kdf,
  vaultId: string,
  slot: PassphraseSlot,
  passphrase: Buffer,
): Promise<Buffer | null> {
  const key = await wrappingKey(kdf, passphrase, slot.kdf);
  try {
    const nonce = Buffer.from(slot.wrapped.nonce, 'base64');
    const ciphertext = Buffer.from(slot.wrapped.ciphertext, 'base64');
    return decrypt(key, nonce, binding(vaultId, slot), ciphertext);
  } finally {
    wipe(key);
  }
}
