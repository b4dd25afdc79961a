import type { Argon2Parameters, Kdf, Random } from '../ports.ts';
import { decrypt, encrypt, nonceLength } from './aes.ts';
import { deriveKey, lengthPrefixed, wipe } from './bytes.ts';
import type { KeychainSlot, PassphraseSlot, RecoverySlot, Slot, Wrapped } from './header.ts';
import { tryEachSpelling } from './passphrase-spellings.ts';

const saltLength = 16;

/** A slot without the wrapped key: all that the wrapped key is bound to. */
type Terms<Kind extends Slot> = Omit<Kind, 'wrapped'>;

/** The vault whose data key is wrapped, and when. `createdAt` is RFC 3339. */
export interface Wrapping {
  vaultId: string;
  dataKey: Buffer;
  createdAt: string;
}

/** What a wrapped key is bound to: a slot cannot be moved to another vault, become another or get another cost. */
function binding(vaultId: string, slot: Terms<Slot>, terms: readonly (string | number)[]): Buffer {
  return lengthPrefixed(['keyhold slot', 1, vaultId, slot.id, slot.kind, slot.createdAt, ...terms]);
}

function wrap(random: Random, key: Buffer, bound: Buffer, dataKey: Buffer): Wrapped {
  const nonce = random.bytes(nonceLength);
  const ciphertext = encrypt(key, nonce, bound, dataKey);
  return { nonce: nonce.toString('base64'), ciphertext: ciphertext.toString('base64') };
}

function unwrap(key: Buffer, bound: Buffer, { nonce, ciphertext }: Wrapped): Buffer | null {
  return decrypt(key, Buffer.from(nonce, 'base64'), bound, Buffer.from(ciphertext, 'base64'));
}

function passphraseBinding(vaultId: string, slot: Terms<PassphraseSlot>): Buffer {
  const { name, version, memoryKiB, iterations, parallelism, salt } = slot.kdf;
  return binding(vaultId, slot, [name, version, memoryKiB, iterations, parallelism, salt]);
}

async function passphraseKey(kdf: Kdf, passphrase: Buffer, terms: PassphraseSlot['kdf']): Promise<Buffer> {
  const { memoryKiB, iterations, parallelism } = terms;
  const salt = Buffer.from(terms.salt, 'base64');
  return kdf.argon2id(passphrase, salt, { memoryKiB, iterations, parallelism });
}

/**
 * Makes the slot by which a passphrase opens the vault: the data key, encrypted with AES-256-GCM under the
 * key that Argon2id (RFC 9106) makes from the passphrase.
 * @param passphrase in the spelling that is to open it
 */
export async function wrapWithPassphrase(
  deps: { kdf: Kdf; random: Random },
  { vaultId, dataKey, createdAt }: Wrapping,
  passphrase: Buffer,
  parameters: Argon2Parameters,
): Promise<PassphraseSlot> {
  const salt = deps.random.bytes(saltLength).toString('base64');
  const terms: Terms<PassphraseSlot> = {
    id: deps.random.uuid(),
    kind: 'passphrase',
    createdAt,
    kdf: { name: 'argon2id', version: 19, ...parameters, salt },
  };
  const key = await passphraseKey(deps.kdf, passphrase, terms.kdf);
  try {
    return { ...terms, wrapped: wrap(deps.random, key, passphraseBinding(vaultId, terms), dataKey) };
  } finally {
    wipe(key);
  }
}

/** Gives the data key, or null when the passphrase is not the slot's in any spelling. */
export async function unwrapWithPassphrase(
  kdf: Kdf,
  vaultId: string,
  slot: PassphraseSlot,
  passphrase: Buffer,
): Promise<Buffer | null> {
  return tryEachSpelling(passphrase, 'prepared', async (spelling) => {
    const key = await passphraseKey(kdf, spelling, slot.kdf);
    try {
      return unwrap(key, passphraseBinding(vaultId, slot), slot.wrapped);
    } finally {
      wipe(key);
    }
  });
}

function secretKey(kind: 'keychain' | 'recovery', secret: Buffer): Buffer {
  return deriveKey(secret, `keyhold ${kind} slot v1`);
}

/**
 * Makes the slot by which the system keychain opens the vault. The secret has the entropy of a key, so that HKDF
 * (RFC 5869) does instead of a slow derivation.
 * @param keychain `secret`: 32 random bytes; `sealed`: the same as `backend` encrypted it
 */
export function wrapWithKeychain(
  random: Random,
  { vaultId, dataKey, createdAt }: Wrapping,
  keychain: { backend: string; secret: Buffer; sealed: Buffer },
): KeychainSlot {
  const terms: Terms<KeychainSlot> = {
    id: random.uuid(),
    kind: 'keychain',
    createdAt,
    backend: keychain.backend,
    secret: keychain.sealed.toString('base64'),
  };
  const key = secretKey('keychain', keychain.secret);
  try {
    return { ...terms, wrapped: wrap(random, key, keychainBinding(vaultId, terms), dataKey) };
  } finally {
    wipe(key);
  }
}

function keychainBinding(vaultId: string, slot: Terms<KeychainSlot>): Buffer {
  return binding(vaultId, slot, [slot.backend, slot.secret]);
}

/** Gives the data key, or null when the secret is not the slot's. */
export function unwrapWithKeychain(vaultId: string, slot: KeychainSlot, secret: Buffer): Buffer | null {
  const key = secretKey('keychain', secret);
  try {
    return unwrap(key, keychainBinding(vaultId, slot), slot.wrapped);
  } finally {
    wipe(key);
  }
}

/**
 * Makes the slot by which a recovery code opens the vault.
 * @param secret the 160 random bits of the code
 */
export function wrapWithRecovery(
  random: Random,
  { vaultId, dataKey, createdAt }: Wrapping,
  secret: Buffer,
): RecoverySlot {
  const terms: Terms<RecoverySlot> = { id: random.uuid(), kind: 'recovery', createdAt };
  const key = secretKey('recovery', secret);
  try {
    return { ...terms, wrapped: wrap(random, key, binding(vaultId, terms, []), dataKey) };
  } finally {
    wipe(key);
  }
}

/** Gives the data key, or null when the secret is not the slot's. */
export function unwrapWithRecovery(vaultId: string, slot: RecoverySlot, secret: Buffer): Buffer | null {
  const key = secretKey('recovery', secret);
  try {
    return unwrap(key, binding(vaultId, slot, []), slot.wrapped);
  } finally {
    wipe(key);
  }
}
