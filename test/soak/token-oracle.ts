import { createHmac, verify } from 'node:crypto';
import type { Ingredients, KeyName, RecipeKey, TokenKind } from './token-recipes.ts';

/**
 * A check of tokens that is nothing but a list of what has to hold, written from docs and RFCs and with nothing of the
 * server's: what it refuses, the server must refuse, and the other way round.
 */

type Json = Record<string, unknown>;

interface Parts {
  header: Json;
  claims: Json;
  /** What is signed. */
  input: string;
  signature: Buffer;
}

function bytesOf(part: string): Buffer | null {
  const bytes = Buffer.from(part, 'base64url');
  return part !== '' && bytes.toString('base64url') === part ? bytes : null;
}

function objectOf(bytes: Buffer | null): Json | null {
  const text = bytes?.toString('utf8') ?? '';
  // Bytes that are not UTF-8 do not come back the same.
  if (bytes === null || !Buffer.from(text).equals(bytes)) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
}

function partsOf(token: string): Parts | null {
  const [one = '', two = '', three = '', ...more] = token.split('.');
  const [header, claims, signature] = [objectOf(bytesOf(one)), objectOf(bytesOf(two)), bytesOf(three)];
  if (token.length > 16_384 || more.length > 0 || !header || !claims || !signature) return null;
  return { header, claims, input: `${one}.${two}`, signature };
}

const isText = (value: unknown, pattern: RegExp): value is string =>
  typeof value === 'string' && pattern.test(value);
const isKid = (value: unknown): boolean => isText(value, /^[\w-]{43}$/);
const isSubject = (value: unknown): boolean =>
  isText(value, /^(u_[a-z2-7]{16,32}|bot:[a-z0-9-]+\/[a-z0-9-]+)$/);
const isTime = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isId = (value: unknown): boolean => isText(value, /^.{8,128}$/s);
const hasOnly = (value: Json, members: readonly string[]): boolean =>
  Object.keys(value).every((member) => members.includes(member));

function isJwk(value: unknown): value is { x: string } {
  if (typeof value !== 'object' || value === null) return false;
  const jwk = value as Json;
  return (
    hasOnly(jwk, ['kty', 'crv', 'x']) && jwk['kty'] === 'OKP' && jwk['crv'] === 'Ed25519' && isKid(jwk['x'])
  );
}

function keyBy(field: 'kid' | 'x', value: unknown, { keys }: Ingredients): [KeyName, RecipeKey] | undefined {
  return (Object.entries(keys) as [KeyName, RecipeKey][]).find(([, key]) => key[field] === value);
}

const isSigned = ({ input, signature }: Parts, key: RecipeKey): boolean =>
  verify(null, Buffer.from(input), key.publicKey, signature);

/** What API, rotation and registration tokens have in common. `longest`: life in seconds. */
function hasRightClaims({ claims }: Parts, owner: RecipeKey, from: Ingredients, longest: number): boolean {
  const { iss, sub, aud, iat, exp, jti } = claims;
  return (
    iss === owner.subject &&
    sub === owner.subject &&
    isSubject(sub) &&
    aud === from.origin &&
    isTime(iat) &&
    isTime(exp) &&
    isId(jti) &&
    iat < exp &&
    exp - iat <= longest &&
    iat <= from.now + 60 &&
    exp > from.now
  );
}

function isOfRegisteredKey(parts: Parts, typ: string, from: Ingredients): RecipeKey | null {
  const { header } = parts;
  const [name, key] = keyBy('kid', header['kid'], from) ?? [];
  const counts = name === 'maya' || name === 'bot';
  if (!counts || key === undefined || !hasOnly(header, ['alg', 'typ', 'kid']) || header['typ'] !== typ)
    return null;
  return ['Ed25519', 'EdDSA'].includes(String(header['alg'])) && isSigned(parts, key) ? key : null;
}

function isApiToken(parts: Parts, from: Ingredients): boolean {
  const key = isOfRegisteredKey(parts, 'JWT', from);
  const { nbf } = parts.claims;
  return key !== null && hasRightClaims(parts, key, from, 86_400) && isTime(nbf) && nbf <= from.now + 60;
}

const ownedClaims = ['iss', 'sub', 'aud', 'iat', 'exp', 'jti'];

function isRotation(parts: Parts, from: Ingredients): boolean {
  const key = isOfRegisteredKey(parts, 'rotation+jwt', from);
  if (key === null || !hasOnly(parts.claims, [...ownedClaims, 'new_kid'])) return false;
  return hasRightClaims(parts, key, from, 300) && isKid(parts.claims['new_kid']);
}

/** Here for maya: whoever holds a key may ask for it to be hers, when she is who is signed in. */
function isRegistration(parts: Parts, from: Ingredients): boolean {
  const { header, claims } = parts;
  const { alg, typ, jwk } = header;
  if (!hasOnly(header, ['alg', 'typ', 'jwk']) || typ !== 'registration+jwt' || !isJwk(jwk)) return false;
  const [, key] = keyBy('x', jwk.x, from) ?? [];
  const { name = 'laptop' } = claims;
  return (
    key !== undefined &&
    ['Ed25519', 'EdDSA'].includes(String(alg)) &&
    hasOnly(claims, [...ownedClaims, 'name']) &&
    isText(name, /^[^\n]{1,64}$/) &&
    hasRightClaims(parts, from.keys.maya, from, 900) &&
    isSigned(parts, key)
  );
}

function isAccess(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  return value.every(
    (entry: Json | null) => entry?.['type'] === 'repository' && entry['name'] === 'acme/web',
  );
}

function isRegistryToken({ header, claims, input, signature }: Parts, from: Ingredients): boolean {
  const { iss, aud, sub, iat, nbf, exp, jti, access, credential } = claims;
  const typ = typeof header['typ'] === 'string' ? header['typ'].replace(/^application\//, '') : '';
  const method = (credential as Json | undefined)?.['method'];
  return (
    header['alg'] === 'HS256' &&
    typ === 'registry+jwt' &&
    header['crit'] === undefined &&
    createHmac('sha256', from.registryTokenKey).update(input).digest().equals(signature) &&
    iss === from.origin &&
    [aud].flat().includes(new URL(from.origin).host) &&
    typeof sub === 'string' &&
    typeof iat === 'number' &&
    typeof nbf === 'number' &&
    typeof exp === 'number' &&
    nbf <= from.now &&
    exp > from.now &&
    jti !== undefined &&
    isAccess(access) &&
    (credential === undefined ? sub === '' : method === 'key')
  );
}

const checks: Readonly<Record<TokenKind, (parts: Parts, from: Ingredients) => boolean>> = {
  api: isApiToken,
  basic: isApiToken,
  registration: isRegistration,
  rotation: isRotation,
  registry: isRegistryToken,
};

/** Whether a token is one that the server has to take. */
export function isToBeTaken(kind: TokenKind, token: string, from: Ingredients): boolean {
  const parts = partsOf(token);
  return parts !== null && checks[kind](parts, from);
}
