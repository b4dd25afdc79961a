import { hash } from 'node:crypto';
import type { Random } from '../../ports.ts';

/** What one try to sign in by a browser is known by, and proves that it is the one that began. */
export interface Proof {
  /** Comes back with the answer (RFC 6749, section 10.12): 256 bits. */
  state: string;
  /** Shown to the service alone, at the end (RFC 7636, section 4.1): 256 bits. */
  verifier: string;
  /** SHA-256 of it, which the browser carries (section 4.2). */
  challenge: string;
}

/** A new one, in base64url. */
export function newProof(random: Pick<Random, 'bytes'>): Proof {
  const text = (): string => random.bytes(32).toString('base64url');
  const verifier = text();
  return { state: text(), verifier, challenge: hash('sha256', verifier, 'base64url') };
}
