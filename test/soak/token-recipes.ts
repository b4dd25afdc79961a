import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import * as fc from 'fast-check';
import { thumbprint } from '../../reference-server/identity/ed25519-key.ts';

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
export const smallOrder = {
  x: identityPoint.toString('base64url'),
  signature: Buffer.concat([identityPoint, Buffer.alloc(32)]),
};

/** Stands for a member that is left out. */
export const gone = Symbol('no such member');
/** Another value for a member of a header or of the claims. */
export type Edit = readonly [member: string, value: unknown];

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
export class Seconds {
  readonly fromNow: number;
  constructor(fromNow: number) {
    this.fromNow = fromNow;
  }
}
const times = [...lengths.map((fromNow) => new Seconds(fromNow)), '1', -1, 2 ** 53, null];
/** Stands for something of one of the keys. */
export class Of {
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
  credential: [{ method: 'key', id: 'k' }, { method: 'session' }, { method: 'magic' }, ...noText],
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
export type JsonForm = (typeof jsonForms)[number];
/** How a part is spelled before it is signed. */
const spellings = ['base64url', 'padded', 'base64', 'stray bits', 'line break'] as const;
export type Spelling = (typeof spellings)[number];

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
