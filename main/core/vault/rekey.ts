import { KeyholdError } from '../../../contracts/errors.ts';
import { vouchAnew } from './activity-head.ts';
import type { Keychain } from '../ports.ts';
import { wipe } from './bytes.ts';
import { slotOf, type Slot } from './header.ts';
import { dataKeyLength, Keyring } from './keyring.ts';
import { protectSecret, type KeychainSecret } from './keychain-secret.ts';
import { resealAll } from './sealed-columns.ts';
import { makePassphraseSlot, makeRecoverySlot } from './slot-making.ts';
import { wrapWithKeychain, type Wrapping } from './slots.ts';
import type { VaultSession } from './vault-session.ts';

interface Rekeyed {
  /** `lost`: the keychain took no new secret, so that its slot is gone. */
  keychain: 'none' | 'kept' | 'lost';
  /** The new recovery code, ASCII, and its time; null when the vault had none. */
  recovery: { code: Buffer; createdAt: string } | null;
}

interface NewSlots extends Rekeyed {
  slots: Slot[];
}

/** A secret for the keychain's new slot: null when there is no such slot, or the keychain takes no secret. */
export async function newSecret(session: VaultSession, keychain: Keychain): Promise<KeychainSecret | null> {
  if (slotOf(session.store().header, 'keychain') === undefined) return null;
  try {
    return await protectSecret(keychain, session.deps.random);
  } catch (error) {
    if (error instanceof KeyholdError && error.code === 'keychain_failed') return null;
    throw error;
  }
}

/** A slot of each kind that the vault has, for another data key. */
async function makeSlots(
  session: VaultSession,
  secret: KeychainSecret | null,
  wrapping: Wrapping,
  passphrase: Buffer,
): Promise<NewSlots> {
  const { deps } = session;
  const { header } = session.store();
  const made: NewSlots = { slots: [], keychain: 'none', recovery: null };
  made.slots.push(await makePassphraseSlot(deps, wrapping, passphrase));
  if (slotOf(header, 'keychain') !== undefined) {
    made.keychain = secret === null ? 'lost' : 'kept';
    if (secret !== null) made.slots.push(wrapWithKeychain(deps.random, wrapping, secret));
  }
  if (slotOf(header, 'recovery') !== undefined) {
    const { slot, code } = makeRecoverySlot(deps.random, wrapping);
    made.slots.push(slot);
    made.recovery = { code, createdAt: slot.createdAt };
  }
  return made;
}

/**
 * Puts a new data key in place of the vault's: every slot, every sealed value, the header and the head of the
 * activity log, in one transaction. To be run in turn, with the passphrase proved.
 * @param secret what `newSecret` gave; the caller zeroes it
 * @throws KeyholdError `vault_locked`, `vault_damaged` when a sealed value does not open, `storage_failed`;
 *   nothing is changed then
 */
export async function rekey(
  session: VaultSession,
  secret: KeychainSecret | null,
  passphrase: Buffer,
): Promise<Rekeyed> {
  const { random, clock } = session.deps;
  const { header } = session.store();
  const dataKey = random.bytes(dataKeyLength);
  const keyring = new Keyring(dataKey);
  let made: NewSlots | null = null;
  try {
    const wrapping = { vaultId: header.vaultId, dataKey, createdAt: clock.now().toISOString() };
    made = await makeSlots(session, secret, wrapping, passphrase);
    const before = session.keyring();
    session.commit({
      header: { ...header, slots: made.slots },
      event: { kind: 'vault.rekeyed', detail: null },
      keyring,
      also: (sql) => {
        resealAll(sql, random, header.vaultId, { from: before, to: keyring });
        vouchAnew(
          sql,
          (purpose, data) => before.mac(purpose, data),
          (purpose, data) => keyring.mac(purpose, data),
        );
      },
    });
    return { keychain: made.keychain, recovery: made.recovery };
  } catch (error) {
    keyring.wipe();
    if (made?.recovery) wipe(made.recovery.code);
    throw error;
  }
}
