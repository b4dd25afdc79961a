import { createDecipheriv } from 'node:crypto';
import type { KeyForm } from '../../../../../contracts/domain/key-form.ts';
import { KeyholdError } from '../../../../../contracts/errors.ts';
import type { KeyFileKdf } from '../../../ports.ts';
import { tryEachSpelling } from '../../../vault/passphrase-spellings.ts';
import { derivePublicKey, keyLength } from '../ed25519.ts';
import { SshFormatError, SshReader, sshEd25519 } from '../ssh-wire.ts';
import type { FoundKey, PrivateKey } from './found-key.ts';

/** What OpenSSH's own form begins with. */
export const opensshMagic = Buffer.from('openssh-key-v1\0', 'latin1');

interface CipherForm {
  /** Its name in OpenSSL. */
  name:
    | 'aes-256-ctr'
    | 'aes-192-ctr'
    | 'aes-128-ctr'
    | 'aes-256-cbc'
    | 'aes-192-cbc'
    | 'aes-128-cbc'
    | 'des-ede3-cbc'
    | 'aes-256-gcm'
    | 'aes-128-gcm';
  keyLength: number;
  ivLength: number;
  /** Length of the tag that follows the private part. */
  tagLength: number;
}

/** What ssh-keygen -Z offers, but for ChaCha20-Poly1305 as OpenSSH has it, which Electron's BoringSSL does not. */
const ciphers: ReadonlyMap<string, CipherForm> = new Map([
  ['aes256-ctr', { name: 'aes-256-ctr', keyLength: 32, ivLength: 16, tagLength: 0 }],
  ['aes192-ctr', { name: 'aes-192-ctr', keyLength: 24, ivLength: 16, tagLength: 0 }],
  ['aes128-ctr', { name: 'aes-128-ctr', keyLength: 16, ivLength: 16, tagLength: 0 }],
  ['aes256-cbc', { name: 'aes-256-cbc', keyLength: 32, ivLength: 16, tagLength: 0 }],
  ['aes192-cbc', { name: 'aes-192-cbc', keyLength: 24, ivLength: 16, tagLength: 0 }],
  ['aes128-cbc', { name: 'aes-128-cbc', keyLength: 16, ivLength: 16, tagLength: 0 }],
  ['3des-cbc', { name: 'des-ede3-cbc', keyLength: 24, ivLength: 8, tagLength: 0 }],
  ['aes256-gcm@openssh.com', { name: 'aes-256-gcm', keyLength: 32, ivLength: 12, tagLength: 16 }],
  ['aes128-gcm@openssh.com', { name: 'aes-128-gcm', keyLength: 16, ivLength: 12, tagLength: 16 }],
]);
const chacha20 = 'chacha20-poly1305@openssh.com';

/**
 * ssh-keygen takes 16 or 24; people who want more take 100, which is a second. More than four times that would only
 * keep the computer busy.
 */
const maxRounds = 400;
const maxSalt = 1024;

/** The beginnings of the names of other keys (RFC 4253, section 6.6 and later), and what they are. */
const otherKinds: readonly (readonly [string, KeyForm])[] = [
  ['ssh-rsa', 'rsa'],
  ['ssh-dss', 'dsa'],
  ['ecdsa-', 'ecdsa'],
  ['sk-', 'security_key'],
];

/** RFC 4251, section 6. */
const algorithmName = /^[!-~]{1,64}$/;

/** How the private part is protected. */
interface Protection {
  form: CipherForm;
  salt: Buffer;
  rounds: number;
}

/** The file before its private part is opened. */
interface Envelope {
  publicKey: Buffer;
  /** Null when the private part is in clear. */
  protection: Protection | null;
  privatePart: Buffer;
  tag: Buffer;
}

/**
 * Looks at OpenSSH's own private key form (PROTOCOL.key of OpenSSH), plain or protected by a passphrase.
 *
 * @throws KeyholdError `import_wrong_kind`, `import_unsupported`
 * @throws SshFormatError
 */
export function examineOpenssh(bytes: Buffer): FoundKey {
  const envelope = readEnvelope(bytes);
  const { publicKey, protection } = envelope;
  return {
    form: 'openssh',
    publicKey,
    isProtected: protection !== null,
    secret: bytes,
    open: async (passphrase, kdf) => {
      if (protection === null) return openClear(envelope);
      if (passphrase === null) throw new KeyholdError('import_encrypted');
      const opened = await tryEachSpelling(passphrase, 'typed', (spelling) =>
        openProtected(envelope, protection, spelling, kdf),
      );
      if (opened === null) throw new KeyholdError('import_wrong_passphrase');
      return opened;
    },
  };
}

function readEnvelope(bytes: Buffer): Envelope {
  const reader = new SshReader(bytes);
  if (!reader.take(opensshMagic.length).equals(opensshMagic)) throw new SshFormatError();
  const cipher = reader.text();
  const kdf = reader.text();
  const kdfOptions = reader.string();
  if (reader.uint32() !== 1) throw new SshFormatError();
  const publicKey = readPublicPart(new SshReader(reader.string()));
  const privatePart = reader.string();
  const protection = cipher === 'none' ? null : readProtection(cipher, kdf, new SshReader(kdfOptions));
  return { publicKey, protection, privatePart, tag: reader.rest() };
}

/** The public part is in clear: a key of another kind is told before a passphrase is asked for. */
function readPublicPart(reader: SshReader): Buffer {
  const kind = reader.text();
  if (kind !== sshEd25519) {
    if (!algorithmName.test(kind)) throw new SshFormatError();
    const found = otherKinds.find(([start]) => kind.startsWith(start))?.[1];
    throw new KeyholdError('import_wrong_kind', found === undefined ? undefined : { found });
  }
  const publicKey = reader.string();
  if (publicKey.length !== keyLength) throw new SshFormatError();
  return publicKey;
}

/** Refuses what would keep the computer busy, before any of it is done. */
function readProtection(cipher: string, kdf: string, options: SshReader): Protection {
  const form = ciphers.get(cipher);
  if (form === undefined || kdf !== 'bcrypt') {
    throw new KeyholdError('import_unsupported', cipher === chacha20 ? { found: 'chacha20' } : undefined);
  }
  const salt = options.string();
  const rounds = options.uint32();
  if (rounds < 1 || salt.length === 0 || salt.length > maxSalt) throw new SshFormatError();
  if (rounds > maxRounds) throw new KeyholdError('import_unsupported', { found: 'too_costly' });
  return { form, salt, rounds };
}

function openClear({ publicKey, privatePart, tag }: Envelope): PrivateKey {
  const opened = readPrivatePart(privatePart, publicKey);
  if (opened === null || tag.length !== 0) throw new SshFormatError();
  return opened;
}

/** Null when the passphrase does not open it. */
async function openProtected(
  envelope: Envelope,
  { form, salt, rounds }: Protection,
  passphrase: Buffer,
  kdf: KeyFileKdf,
): Promise<PrivateKey | null> {
  const secret = await kdf.bcryptPbkdf(passphrase, salt, rounds, form.keyLength + form.ivLength);
  try {
    const opened = decipher(form, secret, envelope);
    if (opened === null) return null;
    try {
      return readPrivatePart(opened, envelope.publicKey);
    } finally {
      opened.fill(0);
    }
  } finally {
    secret.fill(0);
  }
}

/** Null when the tag, where the cipher has one, does not fit. */
function decipher(form: CipherForm, secret: Buffer, { privatePart, tag }: Envelope): Buffer | null {
  const key = secret.subarray(0, form.keyLength);
  const iv = secret.subarray(form.keyLength);
  if (tag.length !== form.tagLength) throw new SshFormatError();
  if (form.name !== 'aes-256-gcm' && form.name !== 'aes-128-gcm') {
    const blocks = createDecipheriv(form.name, key, iv).setAutoPadding(false);
    try {
      return Buffer.concat([blocks.update(privatePart), blocks.final()]);
    } catch {
      throw new SshFormatError();
    }
  }
  try {
    const sealed = createDecipheriv(form.name, key, iv, { authTagLength: form.tagLength }).setAuthTag(tag);
    return Buffer.concat([sealed.update(privatePart), sealed.final()]);
  } catch {
    return null;
  }
}

/**
 * Reads the opened private part. Null when its two check numbers are not the same: they are there to tell a wrong
 * passphrase.
 */
function readPrivatePart(bytes: Buffer, publicKey: Buffer): PrivateKey | null {
  const reader = new SshReader(bytes);
  if (reader.uint32() !== reader.uint32()) return null;
  if (reader.text() !== sshEd25519 || !reader.string().equals(publicKey)) throw new SshFormatError();
  // The seed and once more the public key.
  const pair = reader.string();
  const seed = Buffer.from(pair.subarray(0, keyLength));
  const isWhole = pair.length === 2 * keyLength && pair.subarray(keyLength).equals(publicKey);
  if (!isWhole || !derivePublicKey(seed).equals(publicKey)) {
    seed.fill(0);
    throw new SshFormatError();
  }
  return { seed };
}
