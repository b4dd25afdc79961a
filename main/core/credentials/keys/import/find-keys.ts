import { KeyholdError } from '../../../../../contracts/errors.ts';
import { isDer } from './der.ts';
import { asImportError, examine, type FoundKey } from './found-key.ts';
import { isCutJson, jwksIn, examineJwk } from './jwk.ts';
import { examineOpenssh, opensshMagic } from './openssh-key.ts';
import { kindOfDer, refusedBytes, refusedLabel, refusedText } from './other-forms.ts';
import { isHalfFramed, pemBlocks, pemBytes, type PemBlock } from './pem.ts';
import { examineEncryptedPkcs8, examinePkcs8 } from './pkcs8.ts';
import { base64Bytes, framesInBase64, textOf } from './readable-text.ts';

/** More than anybody can choose from. */
const maxKeys = 20;
/** Blocks of PEM or JWKs that are looked at. */
const maxParts = 200;

/** One part of what was given, which may be a key. Throws KeyholdError when it is no key that is read here. */
type Candidate = () => FoundKey;

/**
 * Finds what may be private Ed25519 keys: PEM with PKCS#8 (RFC 8410, plain or encrypted) or OpenSSH's own form (plain
 * or protected), with whatever is around them; the same without a frame; JWKs (RFC 8037). A key that is there twice is
 * one.
 *
 * @param bytes - The file's content. The caller zeroes it, and each key's `secret`.
 * @returns At least one.
 * @throws KeyholdError when there is none: `import_public_only`, `import_wrong_kind` and `import_unsupported`, with the
 *   form that was found, `import_damaged`, `import_not_a_key`; `import_too_large` when there are too many.
 */
export function findPrivateKeys(bytes: Buffer): FoundKey[] {
  const keys: FoundKey[] = [];
  const refused: KeyholdError[] = [];
  const candidates = candidatesIn(bytes, true);
  if (candidates.length > maxParts) throw new KeyholdError('import_too_large');
  for (const candidate of candidates) {
    const key = keyOrRefusal(candidate);
    if (key instanceof KeyholdError) refused.push(key);
    else addOnce(keys, key);
    if (keys.length > maxKeys) {
      for (const { secret } of keys) secret.fill(0);
      throw new KeyholdError('import_too_large');
    }
  }
  if (keys.length > 0) return keys;
  // A private key of another kind says more than a public one beside it.
  const worst = refused.find(({ code }) => code !== 'import_public_only' && code !== 'import_not_a_key');
  throw worst ?? refused[0] ?? new KeyholdError('import_not_a_key');
}

function keyOrRefusal(candidate: Candidate): FoundKey | KeyholdError {
  try {
    return candidate();
  } catch (thrown) {
    const error = asImportError(thrown);
    if (error instanceof KeyholdError) return error;
    throw error;
  }
}

/** Of a key that is there twice the one stays that needs no passphrase. */
function addOnce(keys: FoundKey[], key: FoundKey): void {
  const { publicKey, secret } = key;
  const at = keys.findIndex((other) =>
    publicKey === null || other.publicKey === null
      ? secret.length > 0 && other.secret.equals(secret)
      : other.publicKey.equals(publicKey),
  );
  const before = keys[at];
  if (before === undefined) {
    keys.push(key);
    return;
  }
  const isEasier = before.isProtected && !key.isProtected;
  if (isEasier) keys[at] = key;
  (isEasier ? before : key).secret.fill(0);
}

/** @param mayUnwrap - Whether the whole may be base64 of what is meant, as variables hold it. */
function candidatesIn(bytes: Buffer, mayUnwrap: boolean): Candidate[] {
  if (bytes.subarray(0, opensshMagic.length).equals(opensshMagic)) {
    return [() => examine('openssh', () => examineBytes(Buffer.from(bytes), examineOpenssh))];
  }
  if (isDer(bytes)) return [() => examine('pkcs8', () => examineBytes(Buffer.from(bytes), examineDer))];
  const text = textOf(bytes);
  const candidates = [
    ...pemBlocks(`${text}\n${framesInBase64(text)}`).map((block) => () => examineBlock(block)),
    ...jwksIn(text).map((jwk) => () => examine('jwk', () => examineJwk(jwk))),
  ];
  if (candidates.length > 0) return candidates;
  const other = refusedText(text);
  if (other !== null) throw other;
  if (isHalfFramed(text) || isCutJson(text)) throw new KeyholdError('import_damaged');
  const inside = mayUnwrap ? base64Bytes(text) : null;
  if (inside !== null) return candidatesIn(inside, false);
  throw refusedBytes(bytes) ?? new KeyholdError('import_not_a_key');
}

function examineBlock(block: PemBlock): FoundKey {
  switch (block.label) {
    case 'OPENSSH PRIVATE KEY':
      return examine('openssh', () => examineBytes(pemBytes(block), examineOpenssh));
    case 'PRIVATE KEY':
    case 'ENCRYPTED PRIVATE KEY':
      return examine('pkcs8', () => examineBytes(pemBytes(block), examineDer));
    default:
      throw refusedLabel(block.label) ?? new KeyholdError('import_not_a_key');
  }
}

function examineDer(der: Buffer): FoundKey {
  return kindOfDer(der) === 'pkcs8' ? examinePkcs8(der) : examineEncryptedPkcs8(der);
}

/** Zeroes bytes that are not a key's in the end. */
function examineBytes(bytes: Buffer, read: (bytes: Buffer) => FoundKey): FoundKey {
  try {
    return read(bytes);
  } catch (error) {
    bytes.fill(0);
    throw error;
  }
}
