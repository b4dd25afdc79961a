import { createHmac, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import * as fc from 'fast-check';
import { thumbprint } from '../../reference-server/auth/ed25519-key.ts';

/** Which check of the server a token is made for. */
export const tokenKinds = ['api', 'basic', 'registration', 'rotation', 'registry'] as const;
export type TokenKind = (typeof tokenKinds)[number];

/** The keys there are: two that count, one that was revoked, one of an account that is not active, one that nobody knows. */
export const keyNames = ['maya', 'bot', 'revoked', 'inactive', 'unknown'] as const;
export type KeyName = (typeof keyNames)[number];

export interface RecipeKey {
  kid: string;
  x: string;
  publicKey: KeyObject;
  privateKey: KeyObject;
  /** Whom its tokens name. */
  subject: string;
}

/** What tokens are made of. */
export interface Ingredients {
  keys: Readonly<Record<KeyName, RecipeKey>>;
  origin: string;
  /** Seconds since 1970. */
  now: number;
  registryTokenKey: Uint8Array;
}

export function newRecipeKey(subject: string): RecipeKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return { kid: thumbprint(x), x, publicKey: createPublicKey(privateKey), privateKey, subject };
}

const identityPoint = Buffer.from([1, ...new Uint8Array(31)]);
/** A key of small order: one signature fits all texts. */
const smallOrder = {
  x: identityPoint.toString('base64url'),
  signature: Buffer.concat([identityPoint, Buffer.alloc(32)]),
};

const gone = Symbol('no such member');
type Edit = readonly [member: string, value: unknown];

function edits(pool: Readonly<Record<string, readonly unknown[]>>): fc.Arbitrary<Edit[]> {
  const all = Object.entries(pool).flatMap(([member, values]) =>
    [gone, ...values].map((value): Edit => [member, value]),
  );
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant<Edit[]>([]) },
    { weight: 2, arbitrary: fc.array(fc.constantFrom(...all), { minLength: 1, maxLength: 2 }) },
  );
}

const noText = ['', null, 7, true, [], {}];
const long = 'x'.repeat(129);
const lengths = [
  -90_000, -86_401, -601, -61, -1, 0, 0.5, 1, 59, 61, 119, 121, 299, 301, 599, 601, 899, 901, 86_300, 86_399,
];
/** Stands for so many seconds from now on. */
class Seconds {
  readonly fromNow: number;
  constructor(fromNow: number) {
    this.fromNow = fromNow;
  }
}
const times = [...lengths.map((fromNow) => new Seconds(fromNow)), '1', -1, 2 ** 53, null];
/** Stands for something of one of the keys. */
class Of {
  readonly key: KeyName;
  readonly what: 'kid' | 'subject' | 'jwk' | 'private jwk';
  constructor(key: KeyName, what: Of['what']) {
    this.key = key;
    this.what = what;
  }
}
const ofAll = (what: Of['what']): Of[] => keyNames.map((key) => new Of(key, what));

const headerEdits = edits({
  alg: ['EdDSA', 'Ed25519', 'ed25519', 'none', 'HS256', 'HS512', 'ES256', 'RS256', ...noText],
  typ: [
    'JWT',
    'jwt',
    'registration+jwt',
    'rotation+jwt',
    'registry+jwt',
    'application/registry+jwt',
    ...noText,
  ],
  kid: [...ofAll('kid'), 'A'.repeat(43), '../../kid', "' OR 1=1 --", ...noText],
  jwk: [
    ...ofAll('jwk'),
    new Of('maya', 'private jwk'),
    { kty: 'OKP', crv: 'Ed25519', x: smallOrder.x },
    ...noText,
  ],
  jku: ['https://attacker.example/keys'],
  x5u: ['https://attacker.example/keys'],
  crit: [[], ['exp'], 'exp'],
  b64: [false, true],
  zip: ['DEF'],
});
const claimEdits = edits({
  iss: [...ofAll('subject'), 'maya', 'bot:acme/none', ...noText],
  sub: [...ofAll('subject'), 'maya', 'bot:acme/none', ...noText],
  aud: [
    ...['https://keyhold.example', 'https://keyhold.example/', 'https://other.example', 'keyhold.example'],
    ...[['https://keyhold.example'], ['keyhold.example', 'other.example'], ...noText],
  ],
  iat: times,
  nbf: times,
  exp: times,
  jti: ['1234567', '12345678', long, ...noText],
  name: ['laptop', 'two\nlines', 'x'.repeat(65), ...noText],
  new_kid: [...ofAll('kid'), ...noText],
  access: [
    [{ type: 'repository', name: 'acme/web', actions: ['pull'] }],
    [{ type: 'registry' }],
    [null],
    ...noText,
  ],
  credential: [{ method: 'key', kid: 'k' }, { method: 'session' }, { method: 'magic' }, ...noText],
  role: ['admin'],
});

/** What is done to a part's JSON before it is signed. */
const jsonForms = [
  'plain',
  'spaced',
  'byte order mark',
  'no UTF-8',
  'in a list',
  'member twice',
  '__proto__',
  'cut',
] as const;
/** How a part is spelled before it is signed. */
const spellings = ['base64url', 'padded', 'base64', 'stray bits', 'line break'] as const;

function rarely<T>(values: readonly T[]): fc.Arbitrary<T> {
  const [usual, ...rare] = values;
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant(usual as T) },
    { weight: 1, arbitrary: fc.constantFrom(...rare) },
  );
}

const partForm = fc.record({ json: rarely(jsonForms), spelling: rarely(spellings) });

const noisePart = fc.oneof(
  fc.json().map((text) => Buffer.from(text).toString('base64url')),
  fc.string(),
  fc.constantFrom('', 'e30', 'bnVsbA', 'W10', 'eyJhbGciOiJub25lIn0'),
);
const noise = fc.oneof(
  fc.string(),
  fc.tuple(noisePart, noisePart, noisePart).map((parts) => parts.join('.')),
);

/** What is done to a token that is made and signed. */
const textChange = fc.oneof(
  { weight: 1, arbitrary: fc.record({ instead: noise }) },
  { weight: 10, arbitrary: fc.constant(null) },
  {
    weight: 2,
    arbitrary: fc.record({ at: fc.nat(), length: fc.nat(8), text: fc.string({ maxLength: 8 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<'no signature' | 'four parts' | 'S plus L' | 'huge' | 'spaced'>(
      ...(['no signature', 'four parts', 'S plus L', 'huge', 'spaced'] as const),
    ),
  },
);

/** A right token, or one that differs from it in a few things. */
export const tokenRecipe = fc.record({
  kind: fc.constantFrom(...tokenKinds),
  owner: rarely(keyNames),
  signer: rarely(['owner', ...keyNames, 'public key as secret', 'small order'] as const),
  header: headerEdits,
  claims: claimEdits,
  forms: fc.record({ header: partForm, claims: partForm }),
  change: textChange,
});
export type TokenRecipe = typeof tokenRecipe extends fc.Arbitrary<infer T> ? T : never;

function rightHeader(kind: TokenKind, key: RecipeKey): Record<string, unknown> {
  switch (kind) {
    case 'api':
    case 'basic':
      return { alg: 'Ed25519', typ: 'JWT', kid: key.kid };
    case 'registration':
      return { alg: 'Ed25519', typ: 'registration+jwt', jwk: { kty: 'OKP', crv: 'Ed25519', x: key.x } };
    case 'rotation':
      return { alg: 'Ed25519', typ: 'rotation+jwt', kid: key.kid };
    case 'registry':
      return { alg: 'HS256', typ: 'registry+jwt' };
  }
}

function rightClaims(
  kind: TokenKind,
  key: RecipeKey,
  { origin, now, keys }: Ingredients,
): Record<string, unknown> {
  const who = { iss: key.subject, sub: key.subject, aud: origin };
  const token = { iat: now, jti: '0123456789' };
  switch (kind) {
    case 'api':
    case 'basic':
      return { ...who, ...token, nbf: now, exp: now + 900 };
    case 'registration':
      return { ...who, ...token, exp: now + 600 };
    case 'rotation':
      return { ...who, ...token, exp: now + 120, new_kid: keys.unknown.kid };
    case 'registry': {
      const credential = { method: 'key', kid: key.kid };
      return {
        ...{ iss: origin, sub: key.subject, aud: new URL(origin).host, access: [], credential },
        ...{ ...token, nbf: now, exp: now + 300 },
      };
    }
  }
}

function valueOf(value: unknown, { keys, now }: Ingredients): unknown {
  if (value instanceof Seconds) return now + value.fromNow;
  if (!(value instanceof Of)) return value;
  const { kid, subject, x, privateKey } = keys[value.key];
  const forms = {
    kid,
    subject,
    jwk: { kty: 'OKP', crv: 'Ed25519', x },
    'private jwk': privateKey.export({ format: 'jwk' }),
  };
  return forms[value.what];
}

function edited(
  right: Record<string, unknown>,
  changes: readonly Edit[],
  from: Ingredients,
): Record<string, unknown> {
  const result = new Map(Object.entries(right));
  for (const [member, value] of changes) {
    if (value === gone) result.delete(member);
    else result.set(member, valueOf(value, from));
  }
  return Object.fromEntries(result);
}

function bytesOf(value: Record<string, unknown>, form: (typeof jsonForms)[number]): Buffer {
  const text = JSON.stringify(value);
  switch (form) {
    case 'plain':
      return Buffer.from(text);
    case 'spaced':
      return Buffer.from(JSON.stringify(value, null, 1));
    case 'byte order mark':
      return Buffer.from(`\uFEFF${text}`);
    case 'no UTF-8':
      return Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from(',"x":"\xff"}', 'latin1')]);
    case 'in a list':
      return Buffer.from(`[${text}]`);
    case 'member twice':
      return Buffer.from(`{"typ":"x","iss":"x","aud":"x",${text.slice(1)}`);
    case '__proto__':
      return Buffer.from(`{"__proto__":{"admin":true},${text.slice(1)}`);
    case 'cut':
      return Buffer.from(text.slice(0, -1));
  }
}

function spelled(bytes: Buffer, spelling: (typeof spellings)[number]): string {
  const text = bytes.toString('base64url');
  switch (spelling) {
    case 'base64url':
      return text;
    case 'padded':
      return `${text}=`;
    case 'base64':
      return bytes.toString('base64');
    case 'line break':
      return `${text.slice(0, 8)}\n${text.slice(8)}`;
    case 'stray bits': {
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      return text.slice(0, -1) + (alphabet[alphabet.indexOf(text.at(-1) ?? 'A') ^ 1] ?? '');
    }
  }
}

function signatureOf(input: string, { kind, signer, owner }: TokenRecipe, from: Ingredients): Buffer {
  if (signer === 'small order') return smallOrder.signature;
  if (signer === 'public key as secret') {
    return createHmac('sha256', Buffer.from(from.keys[owner].x, 'base64url')).update(input).digest();
  }
  if (kind === 'registry' && signer === 'owner') {
    return createHmac('sha256', from.registryTokenKey).update(input).digest();
  }
  return sign(null, Buffer.from(input), from.keys[signer === 'owner' ? owner : signer].privateKey);
}

const order = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The same signature with the group's order added to its second half: another text that a careless check takes. */
function malleated(signature: Buffer): Buffer {
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex') || '0'}`) + order;
  const half = Buffer.from(s.toString(16).padStart(64, '0').slice(-64), 'hex').reverse();
  return Buffer.concat([signature.subarray(0, 32), half]);
}

/** Makes the token of a recipe. */
export function bakeToken(recipe: TokenRecipe, from: Ingredients): string {
  const key = from.keys[recipe.owner];
  const { forms, change } = recipe;
  const header = bytesOf(edited(rightHeader(recipe.kind, key), recipe.header, from), forms.header.json);
  const claims = bytesOf(edited(rightClaims(recipe.kind, key, from), recipe.claims, from), forms.claims.json);
  const input = `${spelled(header, forms.header.spelling)}.${spelled(claims, forms.claims.spelling)}`;
  const signature = signatureOf(input, recipe, from);
  const token = `${input}.${signature.toString('base64url')}`;
  switch (change) {
    case null:
      return token;
    case 'no signature':
      return `${input}.`;
    case 'four parts':
      return `${token}.${signature.toString('base64url')}`;
    case 'S plus L':
      return `${input}.${malleated(signature).toString('base64url')}`;
    case 'huge':
      return `${token}${'A'.repeat(16 * 1024)}`;
    case 'spaced':
      return ` ${token}\n`;
    default: {
      if ('instead' in change) return change.instead;
      const start = change.at % token.length;
      return token.slice(0, start) + change.text + token.slice(start + change.length);
    }
  }
}
