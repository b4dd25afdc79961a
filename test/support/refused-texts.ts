import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { KeyForm } from '../../contracts/domain/key-form.ts';
import { writeSshString } from '../../main/core/credentials/keys/ssh-wire.ts';
import { element, pem, secret } from './key-texts.ts';
import { KeyMaker } from './ssh-keys.ts';

/** A text that is refused. */
export interface RefusedText {
  name: string;
  bytes: Buffer;
  code:
    'import_not_a_key' | 'import_public_only' | 'import_wrong_kind' | 'import_unsupported' | 'import_damaged';
  /** What it is said to be. */
  found?: KeyForm;
}

type Row = [name: string, text: string | Buffer, code: RefusedText['code'], found?: KeyForm];

const frame = (label: string, body = 'AAAA'.repeat(16)): string =>
  `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;

function publicTexts(maker: KeyMaker): Row[] {
  const path = maker.pemFile();
  const line = readFileSync(`${maker.sshFile()}.pub`, 'utf8');
  const der = (text: string): Buffer => Buffer.from(text.split('\n').slice(1, -2).join(''), 'base64');
  const certificate = maker.certificate(path);
  return [
    ['a public key in PEM', KeyMaker.publicPem(path), 'import_public_only', 'public_key'],
    ['a public key in DER', der(KeyMaker.publicPem(path)), 'import_public_only', 'public_key'],
    ['a public line of OpenSSH', line, 'import_public_only', 'public_key'],
    ['a line of known hosts', `example.com ${line}`, 'import_public_only', 'public_key'],
    ['a line of authorized keys', `restrict,command="x" ${line}`, 'import_public_only', 'public_key'],
    ['a public key of SSH2', '---- BEGIN SSH2 PUBLIC KEY ----\nAAAA', 'import_public_only', 'public_key'],
    [
      'a certificate of OpenSSH',
      line.replace(' ', '-cert-v01@openssh.com '),
      'import_public_only',
      'certificate',
    ],
    ['a certificate', certificate, 'import_public_only', 'certificate'],
    ['a certificate in DER', der(certificate), 'import_public_only', 'certificate'],
    [
      'a certificate and its public key',
      `${certificate}${KeyMaker.publicPem(path)}`,
      'import_public_only',
      'certificate',
    ],
    ['certificates of PKCS#7', frame('PKCS7'), 'import_public_only', 'certificate'],
    ['a request', frame('CERTIFICATE REQUEST'), 'import_public_only', 'certificate_request'],
    ['a public JWK', '{"kty":"OKP","crv":"Ed25519","x":"AA"}', 'import_public_only', 'public_key'],
    [
      'a public key of minisign',
      'untrusted comment: minisign public key AA\nRWQ',
      'import_public_only',
      'public_key',
    ],
  ];
}

/** The public half of a key as OpenSSH keeps it that lies in a device: what it begins with is enough to tell. */
const securityKey = Buffer.concat([
  Buffer.from('openssh-key-v1\0'),
  ...['none', 'none', ''].map((text) => writeSshString(Buffer.from(text))),
  Buffer.from([0, 0, 0, 1]),
  writeSshString(writeSshString(Buffer.from('sk-ssh-ed25519@openssh.com'))),
  writeSshString(Buffer.alloc(16)),
]);

function otherKinds(maker: KeyMaker): Row[] {
  const ec = ['-algorithm', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const rsaFile = maker.pemFile(['-algorithm', 'rsa', '-pkeyopt', 'rsa_keygen_bits:1024']);
  const pkcs1 = createPrivateKey(readFileSync(rsaFile)).export({ format: 'der', type: 'pkcs1' });
  const sec1 = createPrivateKey(maker.pem(ec)).export({ format: 'der', type: 'sec1' });
  const kind = 'import_wrong_kind';
  const jwk = (facts: object): string => JSON.stringify(facts);
  return [
    ['an RSA key', readFileSync(rsaFile), kind, 'rsa'],
    ['an RSA key of PKCS#1', pem('RSA PRIVATE KEY', pkcs1), kind, 'rsa'],
    ['an RSA key of PKCS#1 in DER', pkcs1, kind, 'rsa'],
    ['an encrypted RSA key', maker.encrypt(rsaFile, secret), kind, 'rsa'],
    ['an RSA key that PEM encrypts', frame('RSA PRIVATE KEY', 'Proc-Type: 4,ENCRYPTED\n\nAAAA'), kind, 'rsa'],
    ['an RSA key of OpenSSH', maker.ssh('', ['-t', 'rsa', '-b', '1024']), kind, 'rsa'],
    ['an ECDSA key', maker.pem(ec), kind, 'ecdsa'],
    ['an ECDSA key of SEC 1', pem('EC PRIVATE KEY', sec1), kind, 'ecdsa'],
    ['an ECDSA key of SEC 1 in DER', sec1, kind, 'ecdsa'],
    [
      'an ECDSA key after its parameters',
      `${frame('EC PARAMETERS')}${frame('EC PRIVATE KEY')}`,
      kind,
      'ecdsa',
    ],
    ['an ECDSA key of OpenSSH', maker.ssh(secret, ['-t', 'ecdsa', '-a', '1']), kind, 'ecdsa'],
    ['a key that lies in a security key', pem('OPENSSH PRIVATE KEY', securityKey), kind, 'security_key'],
    ['a DSA key', frame('DSA PRIVATE KEY'), kind, 'dsa'],
    ['an X25519 key', maker.pem(['-algorithm', 'x25519']), kind, 'x25519'],
    ['an X448 key', maker.pem(['-algorithm', 'x448']), kind, 'x448'],
    ['an Ed448 key', maker.pem(['-algorithm', 'ed448']), kind, 'ed448'],
    [
      'an RSA key beside a certificate',
      `${maker.certificate(rsaFile)}${readFileSync(rsaFile, 'utf8')}`,
      kind,
      'rsa',
    ],
    ['a key of SSH 1', 'SSH PRIVATE KEY FILE FORMAT 1.1\n\0', kind, 'rsa'],
    ['a key of ssh.com', '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/5', kind, 'rsa'],
    ['an RSA JWK', jwk({ kty: 'RSA', n: 'AA', e: 'AQAB', d: 'AA' }), kind, 'rsa'],
    ['an EC JWK', jwk({ kty: 'EC', crv: 'P-256', d: 'AA' }), kind, 'ecdsa'],
    ['an X25519 JWK', jwk({ kty: 'OKP', crv: 'X25519', d: 'AA' }), kind, 'x25519'],
    ['an Ed448 JWK', jwk({ kty: 'OKP', crv: 'Ed448', d: 'AA' }), kind, 'ed448'],
    ['a symmetric JWK', jwk({ kty: 'oct', k: 'AA' }), kind, 'symmetric'],
    ['a JWK of a kind to come', jwk({ kty: 'AKP', alg: 'ML-DSA-44', priv: 'AA' }), kind],
    ['a set of other JWKs', jwk({ keys: [{ kty: 'EC', crv: 'P-256' }, { kty: 'RSA' }] }), kind, 'ecdsa'],
    [
      'an age key',
      `# created: 2026-01-01\n# public key: age1q\nAGE-SECRET-KEY-1${'Q'.repeat(58)}\n`,
      kind,
      'age',
    ],
    ['an age file', frame('AGE ENCRYPTED FILE'), kind, 'age'],
    ['an age file in binary', 'age-encryption.org/v1\n-> X25519 \u0000', kind, 'age'],
    ['a PGP key', frame('PGP PRIVATE KEY BLOCK', '\nlQOYBA\n=AAAA'), kind, 'pgp'],
    ['a PGP public key', frame('PGP PUBLIC KEY BLOCK', '\nmQENBA\n=AAAA'), kind, 'pgp'],
    ['a Cosign key', frame('ENCRYPTED SIGSTORE PRIVATE KEY'), kind, 'cosign'],
  ];
}

function otherForms(maker: KeyMaker): Row[] {
  const store = maker.pkcs12(maker.pemFile());
  const no = 'import_unsupported';
  return [
    ['a PuTTY key', 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n', no, 'putty'],
    [
      'an old PuTTY key',
      '\ufeffPuTTY-User-Key-File-2: ssh-ed25519\r\nEncryption: aes256-cbc\r\n',
      no,
      'putty',
    ],
    ['a PKCS#12 file', store, no, 'pkcs12'],
    ['a PKCS#12 file in base64', store.toString('base64'), no, 'pkcs12'],
    ['a PKCS#12 file in BER', Buffer.from('30800201033080', 'hex'), no, 'pkcs12'],
    ['a Java keystore', Buffer.from('feedfeed0000000200000001', 'hex'), no, 'java_keystore'],
    [
      'an encrypted JWK',
      JSON.stringify({ protected: 'eyJ', encrypted_key: 'AA', iv: 'AA', ciphertext: 'AA', tag: 'AA' }),
      no,
      'jwe',
    ],
    ['an encrypted JWK, compact', 'eyJhbGciOiJQQkVTMiJ9.AA.AA.AA.AA', no, 'jwe'],
    ['a minisign key', 'untrusted comment: minisign encrypted secret key\nRWRTY0Iy\n', no, 'minisign'],
    ['a key in a frame of its own', frame('ED25519 PRIVATE KEY'), no, 'unknown'],
    ['32 bytes in base64', Buffer.alloc(32, 7).toString('base64'), 'import_not_a_key', 'bare_bytes'],
    ['32 bytes in hexadecimal', `0x${'7f'.repeat(32)}\n`, 'import_not_a_key', 'bare_bytes'],
    ['32 bytes', Buffer.alloc(32, 7), 'import_not_a_key', 'bare_bytes'],
    ['parameters', frame('DH PARAMETERS'), 'import_not_a_key'],
    ['other JSON', '{"a":[1,{"b":2}]}', 'import_not_a_key'],
    ['an empty set', '{"keys":[]}', 'import_not_a_key'],
    ['a list in words', 'hello [world] {and more}', 'import_not_a_key'],
    ['a password', 'Correct-Horse-Battery-Staple', 'import_not_a_key'],
    ['a token', 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.AAAA', 'import_not_a_key'],
  ];
}

/** Keys whose protection is not opened, and keys that are not whole. */
function unopened(maker: KeyMaker): Row[] {
  const chacha = maker.ssh(secret, ['-t', 'ed25519', '-a', '1', '-Z', 'chacha20-poly1305@openssh.com']);
  const [path, other] = [maker.pemFile(), maker.pemFile()];
  const camellia = maker.encrypt(path, secret, ['-v2', 'camellia-256-cbc']);
  const old = maker.encrypt(path, secret, ['-v1', 'PBE-SHA1-3DES']);
  const seed = createPrivateKey(readFileSync(path)).export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  const foreign = Buffer.from(KeyMaker.publicPem(other).split('\n')[1] ?? '', 'base64').subarray(-32);
  const algorithm = Buffer.from('300506032b6570', 'hex');
  const one = (...parts: Buffer[]): string => pem('PRIVATE KEY', element(0x30, ...parts));
  const version = (number: number): Buffer => Buffer.from([2, 1, number]);
  const sealed = element(4, element(4, seed));
  const no = 'import_damaged';
  return [
    ['a key with ChaCha20', chacha, 'import_unsupported', 'chacha20'],
    ['a key with Camellia', camellia, 'import_unsupported'],
    ['a key with the PBE of PKCS#12', old, 'import_unsupported'],
    [
      'a key with the public key of another',
      one(version(1), algorithm, sealed, element(0x81, Buffer.of(0), foreign)),
      no,
    ],
    [
      'a key with a public key that is cut',
      one(version(1), algorithm, sealed, element(0x81, Buffer.of(0), foreign.subarray(1))),
      no,
    ],
    ['a key of version 2', one(version(2), algorithm, sealed), no],
    ['a key of 31 bytes', one(version(0), algorithm, element(4, element(4, seed.subarray(1)))), no],
    [
      'a key with its public half behind it',
      one(version(0), algorithm, element(4, element(4, seed, foreign))),
      no,
    ],
    ['a key without its inner frame', one(version(0), algorithm, element(4, seed)), no],
    ['a key with more behind it', one(version(0), algorithm, sealed, element(5)), no],
    [
      'a key with bytes behind it',
      pem('PRIVATE KEY', Buffer.concat([element(0x30, version(0), algorithm, sealed), Buffer.of(0)])),
      no,
    ],
    ['a key with another last line', readFileSync(path, 'utf8').replace('-----END', '-----END RSA'), no],
    ['a key with a digit too many', readFileSync(path, 'utf8').replace(/(?<=\nMC4.{30})/, 'd'), no],
    ['a key in the form of addresses', encodeURIComponent(readFileSync(path, 'utf8')), no],
    [
      'a key of OpenSSH with a digit too few',
      maker
        .ssh()
        .toString()
        .replace(/(?<=\nb3Bl.{65})./, ''),
      no,
    ],
    ['a key that is cut', readFileSync(path, 'utf8').slice(0, 70), no],
    ['a key without its first line', readFileSync(path, 'utf8').split('\n').slice(1).join('\n'), no],
    ['a key whose dashes are others', readFileSync(path, 'utf8').replaceAll('-----', '\u2014\u2014-'), no],
    ['a key of OpenSSH that is cut', maker.ssh().subarray(0, 200), no],
    ['a JWK that is cut', '{"kty":"OKP","crv":"Ed25519","x":"AA', no],
  ];
}

/** Texts that are no key, or none that is read, with what is said of each. For `secret` as passphrase. */
export function refusedTexts(maker: KeyMaker): RefusedText[] {
  const rows = [...publicTexts(maker), ...otherKinds(maker), ...otherForms(maker), ...unopened(maker)];
  return rows.map(([name, text, code, found]) => ({
    name,
    bytes: Buffer.from(text),
    code,
    ...(found === undefined ? {} : { found }),
  }));
}
