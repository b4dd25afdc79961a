import { z } from 'zod';
import { KeyholdError } from '../../../../contracts/errors.ts';
import { derivePublicKey, keyLength } from '../ed25519.ts';
import type { PrivateKey } from './private-key.ts';

const anyJwk = z.object({ kty: z.string() });
const octetPair = z.object({ kty: z.literal('OKP'), crv: z.string() });
const thirtyTwoBytes = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const privateJwk = octetPair.extend({ crv: z.literal('Ed25519'), x: thirtyTwoBytes, d: thirtyTwoBytes });

/**
 * Reads a private JWK (RFC 8037, section 2). Members that say nothing about the key itself are let pass.
 *
 * @throws KeyholdError as `readPrivateKey`; `import_damaged` also when `x` is not the public key of `d`.
 */
export function readJwk(text: Buffer): PrivateKey {
  const value = parse(text);
  const { kty } = read(anyJwk, value, 'import_not_a_key');
  if (kty !== 'OKP') throw new KeyholdError('import_wrong_kind');
  if (read(octetPair, value, 'import_damaged').crv !== 'Ed25519') throw new KeyholdError('import_wrong_kind');
  if (!hasPrivatePart(value)) throw new KeyholdError('import_public_only');
  const { x, d } = read(privateJwk, value, 'import_damaged');
  const seed = Buffer.from(d, 'base64url');
  if (seed.length !== keyLength || derivePublicKey(seed).toString('base64url') !== x) {
    seed.fill(0);
    throw new KeyholdError('import_damaged');
  }
  return { seed };
}

function parse(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8').replace(/^\uFEFF/, ''));
  } catch {
    throw new KeyholdError('import_damaged');
  }
}

function hasPrivatePart(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'd' in value;
}

function read<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  code: 'import_not_a_key' | 'import_damaged',
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new KeyholdError(code);
  return parsed.data;
}
