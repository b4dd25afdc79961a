import { KeyholdError } from '../../contracts/errors.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { SlotSummary } from '../../contracts/ipc/slots.ts';
import { recoveryCodeId, recoveryCodeText, sampleSlot, timeFromNow } from './samples.ts';
import type { World } from './world.ts';

/** When a copied secret is taken off the clipboard again. */
export function clipboard(world: World): { clearsAt: string } {
  return { clearsAt: timeFromNow(world.settings.settings.clipboardSeconds) };
}

export function vaultHandlers(world: World): IpcHandlers['vault'] {
  return {
    lockForecast: () => world.lockForecast,
    status: () => ({ keychain: 'none', recovery: false, changed: false, ...world.vault }),
    strength: () => world.strength,
    keychain: () => ({ backend: world.keychain }),
    create: ({ keychain }) => {
      world.vault.state = 'unlocked';
      world.slots = [sampleSlot(), sampleSlot({ kind: 'recovery' })];
      return { keychain: keychain ? 'on' : 'off', codeId: recoveryCodeId };
    },
    unlock: () => {
      world.vault.state = 'unlocked';
    },
    unlockWithKeychain: () => {
      world.vault.state = 'unlocked';
    },
    recover: () => {
      world.vault.state = 'unlocked';
    },
    lock: () => {
      world.vault.state = 'locked';
    },
  };
}

export function slotsHandlers(world: World): IpcHandlers['slots'] {
  let revealed = false;
  const put = (slot: SlotSummary): void => {
    world.slots = [...world.slots.filter(({ kind }) => kind !== slot.kind), slot];
  };
  const fresh = (kind: SlotSummary['kind'], backend: string | null = null): void => {
    put({ kind, backend, createdAt: timeFromNow(0) });
  };
  return {
    list: () => ({ slots: world.slots, keychain: world.keychain }),
    changePassphrase: () => {
      fresh('passphrase');
    },
    rekey: () => ({
      keychain: 'none',
      codeId: world.slots.some(({ kind }) => kind === 'recovery') ? recoveryCodeId : null,
    }),
    addKeychain: () => {
      fresh('keychain', world.keychain);
    },
    remove: ({ kind }) => {
      world.slots = world.slots.filter((slot) => slot.kind !== kind);
    },
    makeRecoveryCode: () => {
      fresh('recovery');
      return { codeId: recoveryCodeId };
    },
    revealCode: () => {
      if (revealed) throw new KeyholdError('recovery_code_gone');
      revealed = true;
      return { code: recoveryCodeText };
    },
    copyCode: () => clipboard(world),
    saveCode: () => ({ saved: world.savesAndPrints }),
    printCode: () => ({ printed: world.savesAndPrints }),
    forgetCode: () => undefined,
  };
}
