import { KeyholdError } from '../../../contracts/errors.ts';
import type { Keychain, Random } from '../ports.ts';
import { wipe } from './bytes.ts';
import type { KeychainSlot } from './header.ts';

const secretLength = 32;

/** A secret that opens the keychain's slot, and the same as the keychain encrypted it. */
export interface KeychainSecret {
  backend: string;
  /** The caller zeroes it. */
  secret: Buffer;
  sealed: Buffer;
}

/**
 * Makes a secret and has the keychain encrypt it.
 * @throws KeyholdError `keychain_failed`
 */
export async function protectSecret(keychain: Keychain, random: Random): Promise<KeychainSecret> {
  const backend = await keychain.backend();
  if (backend === null) throw new KeyholdError('keychain_failed', { keychain: 'unavailable' });
  const secret = random.bytes(secretLength);
  const sealed = await keychain.protect(secret);
  if (sealed === null) {
    wipe(secret);
    throw new KeyholdError('keychain_failed', { keychain: 'unavailable' });
  }
  return { backend, secret, sealed };
}

/**
 * Has the keychain decrypt the slot's secret. Only the one that encrypted it is asked.
 * @returns the secret; the caller zeroes it
 * @throws KeyholdError `keychain_failed` with the reason
 */
export async function revealSecret(keychain: Keychain, slot: KeychainSlot): Promise<Buffer> {
  const backend = await keychain.backend();
  if (backend === null) throw new KeyholdError('keychain_failed', { keychain: 'unavailable' });
  if (backend !== slot.backend) throw new KeyholdError('keychain_failed', { keychain: 'changed' });
  const secret = await keychain.reveal(Buffer.from(slot.secret, 'base64'));
  if (secret === null) throw new KeyholdError('keychain_failed', { keychain: 'lost' });
  return secret;
}
