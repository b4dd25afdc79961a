import { z } from 'zod';
import type { KeyForm } from '../../../../contracts/domain/key-form.ts';
import { KeyholdError } from '../../../../contracts/errors.ts';
import { derivePublicKey, keyLength } from '../ed25519.ts';
import type { FoundKey } from './found-key.ts';

const anyJwk = z.object({ kty: z.string(), crv: z.string().optional() });
/** Base64url as RFC 7515 (section 2) has it; some programs pad it, or take the characters of plain base64. */
const thirtyTwoBytes = z.string().regex(/^[A-Za-z0-9_+/-]{43}=?$/);
const privateJwk = z.object({ x: thirtyTwoBytes, d: thirtyTwoBytes });
const keySet = z.object({ keys: z.array(z.unknown()) });
/** A JWK that is encrypted (RFC 7516, section 7.2). */
const encrypted = z.object({ protected: z.string(), ciphertext: z.string() });

const kinds: Readonly<Record<string, KeyForm>> = { RSA: 'rsa', EC: 'ecdsa', oct: 'symmetric' };
const curves: Readonly<Record<string, KeyForm>> = { X25519: 'x25519', X448: 'x448', Ed448: 'ed448' };

/**
 * The JWKs of a JSON text: one, those of a set (RFC 7517, section 5), or of a list.
 *
 * @param text - Text around the outermost braces is let pass.
 * @returns Null when it is no JSON.
 * @throws KeyholdError `import_unsupported` for an encrypted JWK, `import_damaged` for JSON that is cut off.
 */
export function jwksIn(text: string): unknown[] | null {
  const value = parseWithin(text);
  if (value === undefined) {
    if (/^\s*\{/.test(text)) throw new KeyholdError('import_damaged');
    return null;
  }
  if (encrypted.safeParse(value).success) throw new KeyholdError('import_unsupported', { found: 'jwe' });
  const set = keySet.safeParse(value);
  if (set.success) return set.data.keys;
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

/** Undefined when there is no JSON in it. */
function parseWithin(text: string): unknown {
  const from = text.search(/[[{]/);
  const to = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
  if (from < 0 || to < from) return undefined;
  const json = text.slice(from, to + 1);
  // A text in a text, as variables and other JSON hold it, has its quotes escaped.
  return parse(json) ?? parse(json.replaceAll(/\\{1,8}"/g, '"'));
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
 * @throws KeyholdError `import_not_a_key`, `import_wrong_kind`, `import_public_only`; `import_damaged` also when `x` is
 *   not the public key of `d`.
 */
export function lookAtJwk(value: unknown): FoundKey {
  const jwk = anyJwk.safeParse(value);
  if (!jwk.success) throw new KeyholdError('import_not_a_key');
  requireEd25519(jwk.data);
  if (typeof value === 'object' && value !== null && !('d' in value)) {
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
