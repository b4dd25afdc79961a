import type { KeyForm } from '../../../../../contracts/domain/key-form.ts';
import { KeyholdError, type ErrorCode } from '../../../../../contracts/errors.ts';
import { contextTag, DerError, DerReader, tag } from './der.ts';
import { oid } from './oids.ts';

type Refusal = Extract<
  ErrorCode,
  'import_not_a_key' | 'import_public_only' | 'import_wrong_kind' | 'import_unsupported'
>;

/** With which code each form is refused. */
const refusals: Readonly<Record<Exclude<KeyForm, 'chacha20' | 'too_costly'>, Refusal>> = {
  public_key: 'import_public_only',
  certificate: 'import_public_only',
  certificate_request: 'import_public_only',
  rsa: 'import_wrong_kind',
  dsa: 'import_wrong_kind',
  ecdsa: 'import_wrong_kind',
  x25519: 'import_wrong_kind',
  x448: 'import_wrong_kind',
  ed448: 'import_wrong_kind',
  security_key: 'import_wrong_kind',
  symmetric: 'import_wrong_kind',
  age: 'import_wrong_kind',
  pgp: 'import_wrong_kind',
  cosign: 'import_wrong_kind',
  putty: 'import_unsupported',
  pkcs12: 'import_unsupported',
  java_keystore: 'import_unsupported',
  jwe: 'import_unsupported',
  minisign: 'import_unsupported',
  unknown: 'import_unsupported',
  bare_bytes: 'import_not_a_key',
};

type OtherForm = keyof typeof refusals;

function refusal(found: OtherForm): KeyholdError {
  return new KeyholdError(refusals[found], { found });
}

/** Labels of PEM blocks that are no key which is read here. */
const labels: readonly (readonly [RegExp, OtherForm])[] = [
  [/^(?:NEW )?CERTIFICATE REQUEST$/, 'certificate_request'],
  [/^(?:X509 |TRUSTED |ATTRIBUTE )?CERTIFICATE$|^X509 CRL$|^PKCS ?7$|^CMS$/, 'certificate'],
  [/^PGP /, 'pgp'],
  [/^AGE /, 'age'],
  [/PUBLIC KEY$/, 'public_key'],
  [/^ENCRYPTED (?:COSIGN|SIGSTORE) PRIVATE KEY$/, 'cosign'],
  [/^RSA PRIVATE KEY$/, 'rsa'],
  [/^DSA (?:PRIVATE KEY|PARAMETERS)$/, 'dsa'],
  [/^EC (?:PRIVATE KEY|PARAMETERS)$/, 'ecdsa'],
  [/PRIVATE KEY$/, 'unknown'],
];

/** Why a PEM block with this label is refused; null when it says nothing of a key. */
export function refusedLabel(label: string): KeyholdError | null {
  const found = labels.find(([pattern]) => pattern.test(label))?.[1];
  return found === undefined ? null : refusal(found);
}

/** Beginnings of files and of lines by which other keys are known. */
const texts: readonly (readonly [RegExp, OtherForm])[] = [
  [/^PuTTY-User-Key-File-/m, 'putty'],
  [/^---- BEGIN SSH2 PUBLIC KEY ----/m, 'public_key'],
  [/^SSH PRIVATE KEY FILE FORMAT 1\.1/, 'rsa'],
  [/^---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----/m, 'rsa'],
  [/AGE-SECRET-KEY-(?:PQ-)?1|AGE-PLUGIN-|^age-encryption\.org\/|^age1[0-9a-z]{50}/m, 'age'],
  [/^untrusted comment: [^\n]*secret key/, 'minisign'],
  [/^untrusted comment: /, 'public_key'],
  [/(?:^|[\s"'])(?:ssh|ecdsa|sk)-[a-z0-9@.-]{1,60}-cert-v01@openssh\.com AAAA/m, 'certificate'],
  [/(?:^|[\s"'])(?:ssh|ecdsa|sk)-[a-z0-9@.-]{1,60} AAAA[A-Za-z0-9+/]/m, 'public_key'],
  [/^\s*eyJ[\w-]*\.[\w-]*\.[\w-]*\.[\w-]*\.[\w-]*\s*$/, 'jwe'],
  // 32 bytes in hexadecimal or base64 may be anything: a key of WireGuard, a password, a hash.
  [
    /^\s*(?:0x)?(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{128}|[A-Za-z0-9+/_-]{43}=?|[A-Za-z0-9+/_-]{86}(?:==)?)\s*$/,
    'bare_bytes',
  ],
];

/** Why a text without any PEM block is refused. */
export function refusedText(text: string): KeyholdError | null {
  const found = texts.find(([pattern]) => pattern.test(text))?.[1];
  return found === undefined ? null : refusal(found);
}

/** The first bytes of files that are no text and no DER: Java's two forms, and PKCS#12 as others write it, in BER. */
const heads: readonly (readonly [string, OtherForm])[] = [
  ['feedfeed', 'java_keystore'],
  ['cececece', 'java_keystore'],
  ['3080020103', 'pkcs12'],
];

/** Why bytes that are no text are refused. */
export function refusedBytes(bytes: Buffer): KeyholdError | null {
  const start = bytes.subarray(0, 8).toString('hex');
  const found = heads.find(([head]) => start.startsWith(head))?.[1];
  if (found !== undefined) return refusal(found);
  return bytes.length === 32 || bytes.length === 64 ? refusal('bare_bytes') : null;
}

/**
 * What a text in DER is, by its first elements.
 *
 * @returns `pkcs8` and `encrypted` for the keys that are read
 * @throws KeyholdError with the form's name when it is another one
 * @throws DerError
 */
export function kindOfDer(der: Buffer): 'pkcs8' | 'encrypted' {
  const whole = new DerReader(der).sequence();
  if (whole.next() === tag.integer) return kindOfNumbered(whole);
  if (whole.next() === tag.oid)
    throw whole.oid() === oid.signedData ? refusal('certificate') : new DerError();
  const first = whole.sequence();
  if (first.next() === tag.oid) {
    if (whole.next() === tag.octets) return 'encrypted';
    throw whole.next() === tag.bits ? refusal('public_key') : new DerError();
  }
  // A certificate begins with its version in [0], or its serial number; a request with its version 0.
  if (first.next() === contextTag(0, true)) throw refusal('certificate');
  throw refusal(first.integer() === 0 ? 'certificate_request' : 'certificate');
}

/** RFC 8017 (A.1.2), RFC 5915 (section 3), RFC 7292 (section 4) and RFC 5958 (section 2) begin with a version. */
function kindOfNumbered(whole: DerReader): 'pkcs8' {
  const version = whole.integer();
  if (whole.next() === tag.octets) throw refusal('ecdsa');
  if (whole.next() === tag.sequence && version === 3) throw refusal('pkcs12');
  if (whole.next() !== tag.integer) return 'pkcs8';
  let numbers = 1;
  for (; whole.next() === tag.integer; numbers += 1) whole.take(tag.integer);
  throw refusal(numbers > 6 ? 'rsa' : 'dsa');
}
