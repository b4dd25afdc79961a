import type {
  HashMethod,
  RemoteKeyAlgorithm,
  RemoteKeyState,
  SignatureScheme,
} from '../../../contracts/domain/remote-key.ts';
import type { RemoteKey } from '../../../contracts/ipc/remote-keys.ts';
import type { Reason } from './allowance.ts';

const algorithms: Readonly<Record<RemoteKeyAlgorithm, string>> = {
  ED25519: 'Ed25519',
  P256: 'P-256',
  SECP256K1: 'secp256k1',
};

interface StateWords {
  tone: 'neutral' | 'good' | 'warning' | 'error';
  words: string;
}

const states: Readonly<Record<RemoteKeyState, StateWords>> = {
  ACTIVE: { tone: 'good', words: 'Active' },
  DISABLED: { tone: 'neutral', words: 'Disabled' },
  APPLY_EXPIRED: { tone: 'warning', words: 'Verifies only' },
  EXPIRED: { tone: 'neutral', words: 'Over' },
  DESTROYED: { tone: 'neutral', words: 'Destroyed' },
  UNKNOWN: { tone: 'error', words: 'Not known' },
};

export const hashNames: Readonly<Record<HashMethod, string>> = {
  NONE: 'None: sign it as it is',
  SHA256: 'SHA-256',
  SHA512: 'SHA-512',
  KECCAK256: 'Keccak-256',
};

const schemes: Readonly<Record<RemoteKeyAlgorithm, readonly SignatureScheme[]>> = {
  ED25519: ['EdDSA'],
  P256: ['ECDSA'],
  SECP256K1: ['ECDSA', 'BIP340'],
};

const hashes: Readonly<Record<SignatureScheme, readonly HashMethod[]>> = {
  EdDSA: ['NONE', 'SHA256', 'SHA512', 'KECCAK256'],
  ECDSA: ['SHA256', 'SHA512', 'KECCAK256'],
  BIP340: ['SHA256', 'SHA512', 'KECCAK256'],
};

function known<Name extends string, Value>(table: Readonly<Record<Name, Value>>, name: string): Value | null {
  return Object.hasOwn(table, name) ? table[name as Name] : null;
}

/** An algorithm as people write it; one of a later version as the service calls it. */
export function algorithmName(algorithm: string): string {
  return known(algorithms, algorithm) ?? algorithm;
}

/** A state in a word or two; one of a later version as the service calls it. */
export function stateWords(state: string): StateWords {
  return known(states, state) ?? { tone: 'neutral', words: state };
}

export function isTampered({ tampered, state }: Pick<RemoteKey, 'tampered' | 'state'>): boolean {
  return tampered && state !== 'DESTROYED';
}

/** What a key of that algorithm can sign by, the usual first; all where the algorithm is not known. */
export function schemesOf(algorithm: string | null): readonly SignatureScheme[] {
  return known(schemes, algorithm ?? '') ?? ['EdDSA', 'ECDSA', 'BIP340'];
}

/** What a message can be hashed with before it is signed by a scheme, the usual first. */
export function hashesOf(scheme: SignatureScheme): readonly HashMethod[] {
  return hashes[scheme];
}

/** What a key is wanted for. `apply`: what makes something new by it. `process`: what takes that apart again. */
export type Use = 'apply' | 'process' | 'renew';

/** Why a key's own state does not let it be used so. */
export function stateReason(key: Pick<RemoteKey, 'tampered' | 'state'>, use: Use): Reason {
  if (isTampered(key)) return 'The service does nothing with a key whose record somebody else changed.';
  switch (key.state) {
    case 'DESTROYED':
      return 'The key is destroyed.';
    case 'DISABLED':
      return use === 'renew' ? null : 'The key is disabled.';
    case 'EXPIRED':
      return use === 'renew' ? null : 'Its time is over. Rotate it, or use another key.';
    case 'APPLY_EXPIRED':
      return use === 'apply' ? 'Its time to sign and encrypt is over. Rotate it, or use another key.' : null;
    default:
      return null;
  }
}
