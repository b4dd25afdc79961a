import { createDecipheriv } from 'node:crypto';
import { KeyholdError } from '../../../../contracts/errors.ts';
import type { SshKdf } from '../../ports.ts';
import { derivePublicKey, keyLength } from '../ed25519.ts';
import { SshFormatError, SshReader, sshEd25519 } from '../ssh-wire.ts';
import { pemBody } from './pem.ts';
import type { PrivateKey } from './private-key.ts';

const magic = 'openssh-key-v1\0';

interface CipherForm {
  /** Its name in OpenSSL. */
  name: 'aes-256-ctr' | 'aes-192-ctr' | 'aes-128-ctr' | 'aes-256-cbc' | 'aes-256-gcm' | 'aes-128-gcm';
  keyLength: number;
  ivLength: number;
  /** Length of the tag that follows the private part. */
  tagLength: number;
}

/** What ssh-keygen -Z offers, but for ChaCha20-Poly1305 and 3DES, which BoringSSL lacks or nobody should use. */
const ciphers: ReadonlyMap<string, CipherForm> = new Map([
  ['aes256-ctr', { name: 'aes-256-ctr', keyLength: 32, ivLength: 16, tagLength: 0 }],
  ['aes192-ctr', { name: 'aes-192-ctr', keyLength: 24, ivLength: 16, tagLength: 0 }],
  ['aes128-ctr', { name: 'aes-128-ctr', keyLength: 16, ivLength: 16, tagLength: 0 }],
  ['aes256-cbc', { name: 'aes-256-cbc', keyLength: 32, ivLength: 16, tagLength: 0 }],
  ['aes256-gcm@openssh.com', { name: 'aes-256-gcm', keyLength: 32, ivLength: 12, tagLength: 16 }],
  ['aes128-gcm@openssh.com', { name: 'aes-128-gcm', keyLength: 16, ivLength: 12, tagLength: 16 }],
]);

/**
 * ssh-keygen takes 16 or 24; people who want more take 100, which is a second. More than four times that would only keep
 * the computer busy.
 */
const maxRounds = 400;
const maxSalt = 1024;

/** The file before its private part is opened. */
interface Envelope {
  cipher: string;
  kdf: string;
  kdfOptions: Buffer;
  privatePart: Buffer;
  tag: Buffer;
}

/**
 * Reads OpenSSH's own private key form (PROTOCOL.key of OpenSSH), plain or protected by a passphrase.
 *
 * @throws KeyholdError as `readPrivateKey`.
 */
export async function readOpensshKey(
  text: Buffer,
  passphrase: Buffer | null,
  kdf: SshKdf,
): Promise<PrivateKey> {
  const bytes = pemBody(text, 'OPENSSH PRIVATE KEY');
  try {
    const envelope = readEnvelope(bytes);
    if (envelope.cipher === 'none') return readPrivatePart(envelope.privatePart, 'import_damaged');
    if (passphrase === null) throw new KeyholdError('import_encrypted');
    const opened = await decrypt(envelope, passphrase, kdf);
    try {
      return readPrivatePart(opened, 'import_wrong_passphrase');
    } finally {
      opened.fill(0);
    }
  } catch (error) {
    if (error instanceof SshFormatError) throw new KeyholdError('import_damaged');
    throw error;
  } finally {
    bytes.fill(0);
  }
}

function readEnvelope(bytes: Buffer): Envelope {
  const reader = new SshReader(bytes);
  if (reader.take(magic.length).toString('latin1') !== magic) throw new SshFormatError();
  const cipher = reader.text();
  const kdf = reader.text();
  const kdfOptions = reader.string();
  if (reader.uint32() !== 1) throw new SshFormatError();
  const kind = new SshReader(reader.string()).text();
  const privatePart = reader.string();
  // The public part is in clear: a key of another kind is told before a passphrase is asked for.
  if (kind !== sshEd25519) throw new KeyholdError('import_wrong_kind');
  return { cipher, kdf, kdfOptions, privatePart, tag: reader.rest() };
}

async function decrypt(envelope: Envelope, passphrase: Buffer, kdf: SshKdf): Promise<Buffer> {
  const form = ciphers.get(envelope.cipher);
  if (form === undefined || envelope.kdf !== 'bcrypt') throw new KeyholdError('import_unsupported');
  const options = new SshReader(envelope.kdfOptions);
  const salt = options.string();
  const rounds = options.uint32();
  if (rounds < 1 || salt.length === 0 || salt.length > maxSalt) throw new SshFormatError();
  if (rounds > maxRounds) throw new KeyholdError('import_unsupported');
  const secret = await kdf.bcryptPbkdf(passphrase, salt, rounds, form.keyLength + form.ivLength);
  try {
    return decipher(form, secret, envelope);
  } finally {
    secret.fill(0);
  }
}

function decipher(form: CipherForm, secret: Buffer, { privatePart, tag }: Envelope): Buffer {
  const key = secret.subarray(0, form.keyLength);
  const iv = secret.subarray(form.keyLength);
  if (form.name !== 'aes-256-gcm' && form.name !== 'aes-128-gcm') {
    const blocks = createDecipheriv(form.name, key, iv).setAutoPadding(false);
    try {
      return Buffer.concat([blocks.update(privatePart), blocks.final()]);
    } catch {
      throw new SshFormatError();
    }
  }
  if (tag.length !== form.tagLength) throw new SshFormatError();
  try {
    const sealed = createDecipheriv(form.name, key, iv, { authTagLength: form.tagLength }).setAuthTag(tag);
    return Buffer.concat([sealed.update(privatePart), sealed.final()]);
  } catch {
    throw new KeyholdError('import_wrong_passphrase');
  }
}

/**
 * Reads the opened private part.
 *
 * @param differs - What it means when the two check numbers are not the same: they are there to tell a wrong
 *   passphrase.
 */
function readPrivatePart(bytes: Buffer, differs: 'import_damaged' | 'import_wrong_passphrase'): PrivateKey {
  const reader = new SshReader(bytes);
  if (reader.uint32() !== reader.uint32()) throw new KeyholdError(differs);
  if (reader.text() !== sshEd25519) throw new SshFormatError();
  const publicKey = reader.string();
  // The seed and once more the public key.
  const pair = reader.string();
  if (pair.length !== 2 * keyLength || !pair.subarray(keyLength).equals(publicKey))
    throw new SshFormatError();
  const seed = Buffer.from(pair.subarray(0, keyLength));
  if (!derivePublicKey(seed).equals(publicKey)) {
    seed.fill(0);
    throw new SshFormatError();
  }
  return { seed };
}
