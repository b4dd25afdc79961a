import type { Argon2Parameters, Clock, Kdf, Random } from '../ports.ts';
import { wipe } from './bytes.ts';
import { kdfBounds } from './header.ts';

/** Least Argon2id cost of a new vault. */
export interface KdfSettings extends Argon2Parameters {
  /** When given, a new vault's iterations are raised until one derivation takes about this long. */
  targetMs?: number;
}

/**
 * Iterations for a derivation of about `targetMs`, when `base` took `elapsedMs`. Argon2's time grows in
 * proportion to them. Never fewer than `base` has, never more than a vault may ask for when it is read.
 */
export function iterationsFor(base: Argon2Parameters, elapsedMs: number, targetMs: number): number {
  // A clock that was set back between the two readings tells nothing.
  if (elapsedMs <= 0) return base.iterations;
  const wanted = Math.floor((base.iterations * targetMs) / elapsedMs);
  return Math.min(Math.max(wanted, base.iterations), kdfBounds.iterations.max);
}

/** The parameters for a new vault on this computer: one trial derivation, then the iterations that fit. */
export async function calibrate(
  settings: KdfSettings,
  deps: { kdf: Kdf; clock: Clock; random: Random },
): Promise<Argon2Parameters> {
  const { targetMs, ...base } = settings;
  if (targetMs === undefined) return base;
  const passphrase = deps.random.bytes(16);
  const started = deps.clock.now().getTime();
  wipe(await deps.kdf.argon2id(passphrase, deps.random.bytes(16), base));
  const elapsedMs = deps.clock.now().getTime() - started;
  return { ...base, iterations: iterationsFor(base, elapsedMs, targetMs) };
}
