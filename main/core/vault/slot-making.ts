import type { Random } from '../ports.ts';
import { wipe } from './bytes.ts';
import { calibrate } from './calibration.ts';
import type { PassphraseSlot, RecoverySlot } from './header.ts';
import { encodeRecoveryCode, recoverySecretLength } from './recovery-code.ts';
import { wrapWithPassphrase, wrapWithRecovery, type Wrapping } from './slots.ts';
import { newSpelling } from './passphrase-spellings.ts';
import type { VaultDeps, VaultSession } from './vault-session.ts';

/** Makes a passphrase's slot at the cost that this computer allows. */
export async function makePassphraseSlot(
  deps: VaultDeps,
  wrapping: Wrapping,
  passphrase: Buffer,
): Promise<PassphraseSlot> {
  const parameters = await calibrate(deps.kdfParameters, deps);
  const spelling = newSpelling(passphrase);
  try {
    return await wrapWithPassphrase(deps, wrapping, spelling, parameters);
  } finally {
    wipe(spelling);
  }
}

/**
 * Makes a recovery code and its slot.
 * @returns `code`: ASCII; whoever holds it zeroes it
 */
export function makeRecoverySlot(random: Random, wrapping: Wrapping): { slot: RecoverySlot; code: Buffer } {
  const secret = random.bytes(recoverySecretLength);
  try {
    return { slot: wrapWithRecovery(random, wrapping, secret), code: encodeRecoveryCode(secret) };
  } finally {
    wipe(secret);
  }
}

/**
 * Lets `work` wrap the open vault's data key; its copy is zeroed afterwards.
 * @throws KeyholdError `vault_locked`
 */
export async function wrapDataKey<T>(
  session: VaultSession,
  work: (wrapping: Wrapping) => T | Promise<T>,
): Promise<T> {
  const dataKey = session.keyring().copyDataKey();
  const createdAt = session.deps.clock.now().toISOString();
  try {
    return await work({ vaultId: session.store().header.vaultId, dataKey, createdAt });
  } finally {
    wipe(dataKey);
  }
}
