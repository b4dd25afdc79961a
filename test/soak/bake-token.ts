import { createHmac, sign } from 'node:crypto';
import {
  gone,
  Of,
  Seconds,
  smallOrder,
  type Edit,
  type Ingredients,
  type JsonForm,
  type RecipeKey,
  type Spelling,
  type TokenKind,
  type TokenRecipe,
} from './token-recipes.ts';

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
      const credential = { method: 'key', id: key.kid };
      return {
        iss: origin,
        sub: key.subject,
        aud: new URL(origin).host,
        access: [],
        credential,
        ...token,
        nbf: now,
        exp: now + 300,
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

function bytesOf(value: Record<string, unknown>, form: JsonForm): Buffer {
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

function spelled(bytes: Buffer, spelling: Spelling): string {
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
