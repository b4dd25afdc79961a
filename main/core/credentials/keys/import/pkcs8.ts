import { KeyholdError } from '../../../../../contracts/errors.ts';
import type { KeyFileKdf } from '../../../ports.ts';
import { tryEachSpelling } from '../../../vault/passphrase-spellings.ts';
import { derivePublicKey, keyLength, nativePublicKey } from '../ed25519.ts';
import { contextTag, DerError, DerReader, tag } from './der.ts';
import type { FoundKey, PrivateKey } from './found-key.ts';
import { oid, otherAlgorithms } from './oids.ts';
import { decryptPbes2, readPbes2 } from './pbes2.ts';

/**
 * Looks at a PKCS#8 key in clear: RFC 5958, for Ed25519 RFC 8410 (section 7).
 *
 * @throws KeyholdError `import_wrong_kind`
 * @throws DerError
 */
export function examinePkcs8(der: Buffer): FoundKey {
  const seed = readOneKey(der);
  try {
    return {
      form: 'pkcs8',
      publicKey: nativePublicKey(seed),
      isProtected: false,
      secret: der,
      // Not the seed from above: that one is gone as soon as the key was looked at.
      open: () => Promise.resolve({ seed: readOneKey(der) }),
    };
  } finally {
    seed.fill(0);
  }
}

/**
 * Looks at an encrypted PKCS#8 key (RFC 5958, section 3).
 *
 * @throws KeyholdError `import_unsupported`
 * @throws DerError
 */
export function examineEncryptedPkcs8(der: Buffer): FoundKey {
  const whole = new DerReader(der).sequence();
  const { cipher, derive } = readPbes2(whole.sequence());
  const data = whole.take(tag.octets);
  whole.end();
  const tryOne = async (passphrase: Buffer, kdf: KeyFileKdf): Promise<PrivateKey | null> => {
    const key = await derive(passphrase, kdf);
    try {
      const opened = decryptPbes2(cipher, key, data);
      return opened === null ? null : readOpened(opened);
    } finally {
      key.fill(0);
    }
  };
  return {
    form: 'pkcs8',
    publicKey: null,
    isProtected: true,
    secret: der,
    open: async (passphrase, kdf) => {
      if (passphrase === null) throw new KeyholdError('import_encrypted');
      const opened = await tryEachSpelling(passphrase, 'typed', (spelling) => tryOne(spelling, kdf));
      if (opened === null) throw new KeyholdError('import_wrong_passphrase');
      return opened;
    },
  };
}

/** A wrong passphrase now and then gives bytes that end like a key and are none: null. */
function readOpened(der: Buffer): PrivateKey | null {
  try {
    return { seed: readOneKey(der) };
  } catch (error) {
    if (error instanceof DerError) return null;
    throw error;
  } finally {
    der.fill(0);
  }
}

/** The seed of a `OneAsymmetricKey` (RFC 5958, section 2); what it says besides the key is let pass. */
function readOneKey(der: Buffer): Buffer {
  const outside = new DerReader(der);
  const key = outside.sequence();
  outside.end();
  const version = key.integer();
  requireEd25519(key.sequence());
  if (version > 1) throw new DerError();
  const content = new DerReader(key.take(tag.octets));
  const seed = content.take(tag.octets);
  content.end();
  if (key.next() === contextTag(0, true)) key.take(contextTag(0, true));
  const publicKey = readPublicPart(key);
  key.end();
  const isWhole =
    seed.length === keyLength && (publicKey === null || derivePublicKey(seed).equals(publicKey));
  if (!isWhole) throw new DerError();
  return Buffer.from(seed);
}

function requireEd25519(algorithm: DerReader): void {
  const name = algorithm.oid();
  if (name !== oid.ed25519) {
    const found = otherAlgorithms.get(name);
    throw new KeyholdError('import_wrong_kind', found === undefined ? undefined : { found });
  }
  // RFC 8410, section 3: there are no parameters. Some libraries wrote the empty ones of RSA.
  if (algorithm.next() === tag.nothing) algorithm.take(tag.nothing);
  algorithm.end();
}

/** The public key (RFC 5958, section 2: an implicit tag), null when there is none. Old `ring` put an explicit tag. */
function readPublicPart(key: DerReader): Buffer | null {
  let bits: Buffer;
  if (key.next() === contextTag(1, false)) bits = key.take(contextTag(1, false));
  else if (key.next() === contextTag(1, true)) {
    const inside = new DerReader(key.take(contextTag(1, true)));
    bits = inside.take(tag.bits);
    inside.end();
  } else return null;
  // The first byte counts the bits at the end that are not used.
  if (bits[0] !== 0) throw new DerError();
  return bits.subarray(1);
}
