import { hash, verify } from '@node-rs/argon2';
import { createHash, randomBytes } from 'node:crypto';
import { base32 } from '../identity/ids.ts';
import { passwordTurns } from './password-turns.ts';

/** argon2id with 19 MiB and two passes (OWASP's first recommendation): some 40 ms, so that a sign-in stays quick. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const inTurn = passwordTurns();

/** Checked when there is no such user, so that the answer takes as long as for a wrong password. */
export const decoyHash =
  '$argon2id$v=19$m=19456,t=2,p=1$QwE7hFoz5AsKS8epFXS6Fw$p1GVEY+1iNoDP1kobhriifUtBsggIYEwHPIjTVEQ2xk';

/** A new password: four groups of four base32 characters, 80 bits, and it can still be typed. */
export function generatePassword(): string {
  return base32(randomBytes(10)).replace(/(.{4})(?=.)/g, '$1-');
}

/** The PHC string (argon2id, own salt) of a password. */
export async function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, cost));
}

/**
 * Whether the password belongs to the hash. Without a hash (no such user, no password set) the same work is done
 * for nothing and the answer is no.
 */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const matches = await inTurn(() => verify(passwordHash ?? decoyHash, password));
  return passwordHash !== null && matches;
}

/**
 * Names the password that a user has now. Every password that is set has another name, also the same one set again. The
 * name tells nothing about it: the hash behind it has a random salt.
 */
export function passwordEpoch(passwordHash: string | null): string {
  return createHash('sha256')
    .update(passwordHash ?? '')
    .digest('base64url');
}
