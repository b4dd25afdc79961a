import { z } from 'zod';
import type { KeyForm } from '../../../../../contracts/domain/key-form.ts';
import { KeyholdError } from '../../../../../contracts/errors.ts';
import { derivePublicKey, keyLength } from '../ed25519.ts';
import type { FoundKey } from './found-key.ts';

const anyJwk = z.object({ kty: z.string(), crv: z.string().optional(), d: z.unknown().optional() });
/** Base64url as RFC 7515 (section 2) has it; some programs pad it, or take the characters of plain base64. */
const thirtyTwoBytes = z.string().regex(/^[A-Za-z0-9_+/-]{43}=?$/);
const privateJwk = z.object({ x: thirtyTwoBytes, d: thirtyTwoBytes });
/** A JWK that is encrypted (RFC 7516, section 7.2). */
const encrypted = z.object({ protected: z.string(), ciphertext: z.string() });

const kinds: Readonly<Record<string, KeyForm>> = { RSA: 'rsa', EC: 'ecdsa', oct: 'symmetric' };
const curves: Readonly<Record<string, KeyForm>> = { X25519: 'x25519', X448: 'x448', Ed448: 'ed448' };

/** Deeper than any program puts a key. */
const maxDepth = 16;

/**
 * The JWKs of a text, plain and encrypted, wherever they stand: alone, in a set (RFC 7517, section 5), in other JSON.
 */
export function jwksIn(text: string): unknown[] {
  // A text in a text, as variables and other JSON hold it, has its quotes escaped.
  for (const plain of [text, text.replaceAll(/\\{1,8}"/g, '"')]) {
    const jwks = jsonIn(plain).flatMap((value) => jwksOf(value, maxDepth));
    if (jwks.length > 0) return jwks;
  }
  return [];
}

/** Whether a text begins as JSON does that has an end, and has none that can be read. */
export function isCutJson(text: string): boolean {
  return /^\s*\{/.test(text) && jsonIn(text).length === 0;
}

function jwksOf(value: unknown, depth: number): unknown[] {
  if (typeof value !== 'object' || value === null || depth === 0) return [];
  const isJwk = 'kty' in value || encrypted.safeParse(value).success;
  return isJwk ? [value] : Object.values(value).flatMap((inner) => jwksOf(inner, depth - 1));
}

/** The JSON objects and lists of a text, with whatever is around and between them. */
function jsonIn(text: string): unknown[] {
  const values: unknown[] = [];
  let [depth, start, isInText] = [0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (isInText) {
      if (character === '\\') at += 1;
      isInText = character !== '"';
    } else if (character === '"') isInText = depth > 0;
    else if ('{['.includes(character)) {
      if (depth === 0) start = at;
      depth += 1;
    } else if (']}'.includes(character) && depth > 0) {
      depth -= 1;
      const value = depth === 0 ? parse(text.slice(start, at + 1)) : undefined;
      if (value !== undefined) values.push(value);
    }
  }
  return values;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/**
 * Looks at a private JWK (RFC 8037, section 2). Members that say nothing about the key itself are let pass.
 *
 * @throws KeyholdError `import_not_a_key`, `import_wrong_kind`, `import_public_only`; `import_unsupported` when it is
 *   encrypted; `import_damaged` also when `x` is not the public key of `d`.
 */
export function examineJwk(value: unknown): FoundKey {
  if (encrypted.safeParse(value).success) throw new KeyholdError('import_unsupported', { found: 'jwe' });
  const jwk = anyJwk.safeParse(value);
  if (!jwk.success) throw new KeyholdError('import_not_a_key');
  requireEd25519(jwk.data);
  if ((jwk.data.d ?? null) === null) {
    throw new KeyholdError('import_public_only', { found: 'public_key' });
  }
  const parts = privateJwk.safeParse(value);
  if (!parts.success) throw new KeyholdError('import_damaged');
  // Node reads both alphabets.
  const [seed, publicKey] = [Buffer.from(parts.data.d, 'base64url'), Buffer.from(parts.data.x, 'base64url')];
  if (seed.length !== keyLength || !derivePublicKey(seed).equals(publicKey)) {
    seed.fill(0);
    throw new KeyholdError('import_damaged');
  }
  const open = (): Promise<{ seed: Buffer }> => Promise.resolve({ seed: Buffer.from(seed) });
  return { form: 'jwk', publicKey, isProtected: false, secret: seed, open };
}

function requireEd25519({ kty, crv }: z.output<typeof anyJwk>): void {
  const found = kty === 'OKP' ? curves[crv ?? ''] : kinds[kty];
  if (kty !== 'OKP' || found !== undefined) {
    throw new KeyholdError('import_wrong_kind', found === undefined ? undefined : { found });
  }
  if (crv !== 'Ed25519') throw new KeyholdError(crv === undefined ? 'import_damaged' : 'import_wrong_kind');
}
