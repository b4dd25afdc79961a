import { createPublicKey } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { z } from 'zod';

/** Longest list of keys that is read. */
const mostKeys = 100;
/** Least and most bits of an RSA modulus (RFC 7518, section 3.3): longer ones make each signature expensive. */
const [leastRsaBits, mostRsaBits] = [2048, 8192];

const rsaAlgorithms = ['RS256', 'RS384', 'RS512'] as const;
/** The algorithm of a curve (RFC 7518, section 3.4), by its name in OpenSSL. */
const ecAlgorithms: Readonly<Record<string, readonly JwksAlgorithm[]>> = {
  ...{ prime256v1: ['ES256'], secp384r1: ['ES384'], secp521r1: ['ES512'] },
};

/** Signatures by a public key alone (RFC 8725, section 3.1): no `none`, and no secret that the key could be taken for. */
export const jwksAlgorithms = [...rsaAlgorithms, 'ES256', 'ES384', 'ES512'] as const;
export type JwksAlgorithm = (typeof jwksAlgorithms)[number];

/** A key that is malformed has an id too: another one of that id is not the only one. */
const namedSchema = z.looseObject({ kid: z.string().min(1).max(1000) });
const jwkSchema = namedSchema.extend({
  kty: z.string(),
  use: z.string().optional(),
  key_ops: z.array(z.string()).optional(),
  alg: z.string().optional(),
});

const keySetSchema = z.object({ keys: z.array(z.unknown()).max(mostKeys) });

/** A key of a set that signatures can be verified with. */
export interface SetKey {
  /** `RSA` or `EC`; others are known and cannot be used. */
  kty: string;
  /** What it can verify; nothing where it is too weak. */
  algorithms: readonly JwksAlgorithm[];
  /** Null for other kinds. */
  key: KeyObject | null;
}

/** The keys of a set by their ids. */
export type KeySet = ReadonlyMap<string, SetKey>;

/**
 * Reads a JWK set (RFC 7517, section 5). Keys without an id, those for something else and those that are too weak are left
 * out, and so are all of one id: nobody knows which of them is meant.
 *
 * @throws Error that says why it is no set.
 */
export function readKeySet(text: string): KeySet {
  const read = keySetSchema.safeParse(parse(text));
  if (!read.success) {
    throw new Error(`it is not a list of at most ${String(mostKeys)} keys ({"keys": […]})`);
  }
  const found = read.data.keys.flatMap((key): { kid: string; key: SetKey | null }[] => {
    const [named, jwk] = [namedSchema.safeParse(key), jwkSchema.safeParse(key)];
    return named.success ? [{ kid: named.data.kid, key: jwk.success ? usableKey(jwk.data) : null }] : [];
  });
  const byId = Map.groupBy(found, ({ kid }) => kid);
  return new Map(
    [...byId].flatMap(([kid, [only, ...others]]) =>
      only?.key == null || others.length > 0 ? [] : [[kid, only.key] as const],
    ),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
}

function usableKey(jwk: z.output<typeof jwkSchema>): SetKey | null {
  const { kty, use = 'sig', key_ops: operations, alg } = jwk;
  if (use !== 'sig' || operations?.includes('verify') === false) return null;
  // A private key that was published is no secret any more.
  if ('d' in jwk || 'k' in jwk) return null;
  if (kty !== 'RSA' && kty !== 'EC') return { kty, algorithms: [], key: null };
  const key = publicKeyOf(jwk);
  if (key === null) return null;
  return { kty, key, algorithms: algorithmsOf(key).filter((each) => (alg ?? each) === each) };
}

function publicKeyOf(key: JsonWebKey): KeyObject | null {
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch {
    return null;
  }
}

/** None for a key that is too weak, or so strong that each signature is work. */
function algorithmsOf({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): readonly JwksAlgorithm[] {
  const { modulusLength = 0, namedCurve = '' } = asymmetricKeyDetails;
  if (asymmetricKeyType !== 'rsa') return ecAlgorithms[namedCurve] ?? [];
  return modulusLength >= leastRsaBits && modulusLength <= mostRsaBits ? rsaAlgorithms : [];
}
