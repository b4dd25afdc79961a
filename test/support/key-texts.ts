import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { KeyMaker } from './ssh-keys.ts';

/** A text with one private key. */
export interface KeyText {
  name: string;
  bytes: Buffer;
  passphrase: string | null;
  /** The public key as openssl works it out. */
  publicPem: string;
}

/** A new key in the forms in which openssl writes one. It is OpenSSL of this process: programs for each text took most of a test. */
function newPair(): { text: string; publicPem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { text: privateKey, publicPem: publicKey };
}

export const secret = 'the key’s own passphrase';
const rest = { passphrase: null };

/** One element of DER. */
export function element(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.length < 0x80 ? [body.length] : [0x81, body.length];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

export function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').replaceAll(/.{1,64}/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}-----END ${label}-----\n`;
}

/** RFC 8410, section 10.3: the second example, and the public key that it gives there. */
const ofTheRfc: KeyText = {
  ...rest,
  name: 'the second example of RFC 8410',
  bytes: Buffer.from(
    [
      '-----BEGIN PRIVATE KEY-----',
      'MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC',
      'oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB',
      'Z9w7lshQhqowtrbLDFw4rXAxZuE=',
      '-----END PRIVATE KEY-----',
    ].join('\n'),
  ),
  publicPem: [
    '-----BEGIN PUBLIC KEY-----',
    'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=',
    '-----END PUBLIC KEY-----\n',
  ].join('\n'),
};

/** PKCS#8 that says more, or says it in another way, than openssl writes. */
function pkcs8Forms(): KeyText[] {
  const number = (value: number): Buffer => element(0x02, Buffer.from([value]));
  const name = Buffer.from('06032b6570', 'hex');
  const algorithm = element(0x30, name);
  const nothing = element(0x30, name, element(0x05));
  const attributes = element(
    0xa0,
    element(
      0x30,
      Buffer.from('06092a864886f70d010914', 'hex'),
      element(0x31, element(0x1e, Buffer.from('006d', 'hex'))),
    ),
  );
  const forms: [string, (seed: Buffer, bits: Buffer) => Buffer[]][] = [
    ['of version 1 alone', (seed) => [number(1), algorithm, seed]],
    ['of version 1 with its public key', (seed, bits) => [number(1), algorithm, seed, element(0x81, bits)]],
    [
      'of version 1 with attributes and its public key',
      (seed, bits) => [number(1), algorithm, seed, attributes, element(0x81, bits)],
    ],
    [
      'with its public key under an explicit tag',
      (seed, bits) => [number(1), algorithm, seed, element(0xa1, element(0x03, bits))],
    ],
    ['of version 0 with its public key', (seed, bits) => [number(0), algorithm, seed, element(0x81, bits)]],
    ['with attributes', (seed) => [number(0), algorithm, seed, attributes]],
    ['with empty parameters', (seed) => [number(0), nothing, seed]],
  ];
  return forms.map(([form, parts]) => {
    const { text, publicPem } = newPair();
    const seed = createPrivateKey(text).export({ format: 'der', type: 'pkcs8' }).subarray(-32);
    const publicKey = Buffer.from(publicPem.split('\n')[1] ?? '', 'base64').subarray(-32);
    const sealed = element(0x04, element(0x04, seed));
    const der = element(0x30, ...parts(sealed, Buffer.concat([Buffer.of(0), publicKey])));
    return { ...rest, name: `PKCS#8 ${form}`, bytes: Buffer.from(pem('PRIVATE KEY', der)), publicPem };
  });
}

type Change = (text: string, maker: KeyMaker) => string | Buffer;

function utf16(text: string, isBigEndian: boolean): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return isBigEndian ? bytes.swap16() : bytes;
}

function utf32(text: string, isBigEndian: boolean): Buffer {
  const bytes = Buffer.from(Uint32Array.from(text, (character) => character.codePointAt(0) ?? 0).buffer);
  return isBigEndian ? bytes.swap32() : bytes;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const bodyOf = (text: string): string => text.split('\n').slice(1, -2).join('');

/** What files, mails, variables and other programs do to a key's text. */
const surroundings: [string, Change][] = [
  ['after blanks', (text) => `${' '.repeat(300)}\n\t\n${text}`],
  ['before words', (text) => `${text}\nand that was my key\n`],
  ['after a comment', (text) => `# key of my laptop\n${text}`],
  [
    'after a comment that quotes its first line',
    (text) => `# ${text.split('\n')[0] ?? ''} begins it\n${text}`,
  ],
  ['after a certificate', (text, maker) => `${maker.certificate(maker.pemFile())}${text}`],
  [
    'between a public key and a certificate',
    (text, maker) => {
      const path = maker.pemFile();
      return `${KeyMaker.publicPem(path)}${text}${maker.certificate(path)}`;
    },
  ],
  [
    'after bag attributes',
    (text) =>
      `Bag Attributes\n    friendlyName: mine\n    localKeyID: 54 69 6D \nKey Attributes: <No Attributes>\n${text}`,
  ],
  ['beside an RSA key', (text, maker) => `${maker.pem(rsa).toString()}${text}`],
  ['twice', (text) => `${text}${text}`],
  ['with Windows line ends and a byte order mark', (text) => `\ufeff${text.replaceAll('\n', '\r\n')}`],
  ['with the line ends of old Macs', (text) => text.replaceAll('\n', '\r')],
  ['in one line', (text) => text.trim().replaceAll('\n', ' ')],
  ['indented, as in YAML', (text) => `key: |\n${text.replaceAll(/^/gm, '    ')}`],
  ['with no-break spaces', (text) => text.replaceAll(/^/gm, '\u00a0')],
  ['in a variable', (text) => `export KEY='${text.trim().replaceAll('\n', String.raw`\n`)}'`],
  ['in a variable, with Windows line ends', (text) => text.replaceAll('\n', String.raw`\r\n`)],
  ['in JSON', (text) => JSON.stringify({ type: 'key', private_key: text })],
  [
    'in JSON that escapes more than it must',
    (text) =>
      JSON.stringify({ key: text })
        .replaceAll('/', String.raw`\/`)
        .replaceAll('+', String.raw`\u002B`),
  ],
  ['in JSON in JSON', (text) => JSON.stringify(JSON.stringify({ key: text }))],
  ['in base64', (text) => base64(text)],
  ['in base64 of several lines', (text) => base64(text).replaceAll(/.{76}/g, '$&\n')],
  [
    'in base64 in a secret of Kubernetes, after its certificate',
    (text, maker) =>
      `data:\n  tls.crt: ${base64(maker.certificate(maker.pemFile()))}\n  tls.key: ${base64(text)}\n`,
  ],
  ['in base64 in JSON', (text) => JSON.stringify({ data: { key: base64(text) } })],
  ['in base64 in a variable', (text) => `export KEY="${base64(text)}"\nB=1\n`],
  ['quoted in a mail', (text) => `On Monday you wrote:\n${text.replaceAll(/^/gm, '> ')}`],
  ['commented out', (text) => text.replaceAll(/^/gm, '# ')],
  ['in a frame of a terminal', (text) => text.replaceAll(/^(.*)$/gm, '\u2502 $1 \u2502')],
  ['as JSON, line by line', (text) => JSON.stringify(text.split('\n'), null, 2)],
  ['with spaces of typesetters', (text) => text.replaceAll(' ', '\u2002')],
  [
    'with marks that have no width, and letters among its digits',
    (text) =>
      text
        .replaceAll(/^[A-Za-z0-9+/]{40}/gm, '$&\u3164')
        .replaceAll(/(?<=^.{9})/gm, '\u2066\ufe0f\u180e\u034f'),
  ],
  ['without its first and last line', (text) => bodyOf(text)],
];

/** As files alone can be: what is pasted is text. */
const encodings: [string, Change][] = [
  ['in UTF-16, little end first', (text) => utf16(`\ufeff${text}`, false)],
  ['in UTF-16, big end first', (text) => utf16(`\ufeff${text}`, true)],
  ['in UTF-16 without a mark, little end first', (text) => utf16(text, false)],
  ['in UTF-16 without a mark, big end first', (text) => utf16(text, true)],
  ['in UTF-16 after a comment that is not Latin', (text) => utf16(`# \u043c\u043e\u0439\n${text}`, false)],
  ['in UTF-32, little end first', (text) => utf32(`\ufeff${text}`, false)],
  ['in UTF-32, big end first', (text) => utf32(text, true)],
  ['in binary', (text) => Buffer.from(bodyOf(text), 'base64')],
];

const rsa = ['-algorithm', 'rsa', '-pkeyopt', 'rsa_keygen_bits:1024'];

function changed(
  maker: KeyMaker,
  changes: readonly [string, Change][],
  form: 'PKCS#8' | 'OpenSSH',
): KeyText[] {
  return changes.map(([what, change]) => {
    const { text, publicPem } = form === 'PKCS#8' ? newPair() : newSshPair(maker);
    return { ...rest, name: `${form} ${what}`, bytes: Buffer.from(change(text, maker)), publicPem };
  });
}

function newSshPair(maker: KeyMaker): ReturnType<typeof newPair> {
  const path = maker.sshFile();
  return { text: readFileSync(path, 'utf8'), publicPem: KeyMaker.publicPemOfSsh(path) };
}

/** Each way in which ssh-keygen and openssl protect a key that can be opened. */
export function protectedKeys(maker: KeyMaker): KeyText[] {
  const ssh = [
    'aes128-cbc',
    'aes192-cbc',
    'aes256-cbc',
    '3des-cbc',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
  ];
  const tagged = ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'];
  const openssl: string[][] = [
    [],
    ['-v2', 'aes-128-cbc', '-v2prf', 'hmacWithSHA1'],
    ['-v2', 'aes-192-cbc', '-v2prf', 'hmacWithSHA224'],
    ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA384'],
    ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA512'],
    ['-v2', 'des3', '-v2prf', 'hmacWithSHA512-256'],
    ['-scrypt'],
    ['-scrypt', '-scrypt_N', '1024', '-scrypt_r', '4', '-scrypt_p', '3'],
  ];
  return [
    ...[...ssh, ...tagged].map((cipher): KeyText => {
      const path = maker.sshFile(secret, ['-t', 'ed25519', '-a', '1', '-Z', cipher]);
      const publicPem = KeyMaker.publicPemOfSsh(path);
      return {
        name: `OpenSSH with ${cipher}`,
        bytes: readFileSync(path),
        passphrase: secret,
        publicPem,
      };
    }),
    ...openssl.map((options): KeyText => {
      const path = maker.pemFile();
      const bytes = maker.encrypt(path, secret, options);
      const name = `PKCS#8 encrypted ${options.join(' ')}`;
      return { name, bytes, passphrase: secret, publicPem: KeyMaker.publicPem(path) };
    }),
  ];
}

interface Jwk {
  kty: string;
  crv: string;
  x: string;
  d: string;
}

/** JWKs as programs write them that have their own view of RFC 7517. */
const jwkForms: [string, (jwk: Jwk) => string][] = [
  ['plain', (jwk) => JSON.stringify(jwk)],
  [
    'with more members, indented, after a mark',
    (jwk) => `\ufeff\n${JSON.stringify({ ...jwk, kid: 'mine', alg: 'EdDSA', use: 'sig' }, null, 2)}\n`,
  ],
  ['in a set of one', (jwk) => JSON.stringify({ keys: [jwk] })],
  ['in a list of one', (jwk) => JSON.stringify([jwk])],
  [
    'in a set, beside its public half and an RSA key',
    ({ d, ...half }) => JSON.stringify({ keys: [half, { kty: 'RSA', d: 'AA' }, { ...half, d }] }),
  ],
  ['padded', (jwk) => JSON.stringify({ ...jwk, x: `${jwk.x}=`, d: `${jwk.d}=` })],
  ['in plain base64', (jwk) => JSON.stringify({ ...jwk, x: plain(jwk.x), d: plain(jwk.d) })],
  ['in a variable', (jwk) => `KEY='${JSON.stringify(jwk)}'`],
  ['in a text of JSON', (jwk) => JSON.stringify(JSON.stringify(jwk))],
  ['within other JSON', (jwk) => JSON.stringify({ name: 'mine', key: { jwk } })],
  ['behind a note with braces', (jwk) => `{ mine }, as "of today\n${JSON.stringify(jwk, null, 2)}`],
  ['in base64', (jwk) => base64(JSON.stringify(jwk))],
];

const plain = (text: string): string => Buffer.from(text, 'base64url').toString('base64');

function jwks(): KeyText[] {
  return jwkForms.map(([what, form]) => {
    const { text, publicPem } = newPair();
    const jwk = createPrivateKey(text).export({ format: 'jwk' });
    return { ...rest, name: `JWK ${what}`, bytes: Buffer.from(form(jwk as unknown as Jwk)), publicPem };
  });
}

/** Texts that are read; each is another key. */
export function readableTexts(maker: KeyMaker): KeyText[] {
  return [
    ofTheRfc,
    ...pkcs8Forms(),
    ...changed(maker, surroundings, 'PKCS#8'),
    ...changed(maker, surroundings, 'OpenSSH'),
    ...protectedKeys(maker),
    ...jwks(),
  ];
}

/** Files that are read and are no text; each is another key. */
export function readableFiles(maker: KeyMaker): KeyText[] {
  return [...changed(maker, encodings, 'PKCS#8'), ...changed(maker, encodings, 'OpenSSH')];
}
