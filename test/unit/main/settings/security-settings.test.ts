import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultSecuritySettings, type SecuritySettings } from '../../../../contracts/domain/settings.ts';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import { SecuritySettingsStore } from '../../../../main/core/settings/security-settings.ts';
import { attacked, vaultOfSchema } from '../vault/attacked-vault.ts';
import {
  passphrase,
  removeVaults,
  restart,
  unlock,
  vaultParts,
  type VaultParts,
} from '../vault/vault-parts.ts';

/** What settings.json says, and whether it still says it. */
let file: { earlier: Partial<SecuritySettings>; dropped: number; dropEarlier: () => void };

beforeEach(() => {
  file = {
    earlier: {},
    dropped: 0,
    dropEarlier: () => {
      file.dropped += 1;
    },
  };
});
afterEach(removeVaults);

function storeOf({ vault, activity, folder }: VaultParts): SecuritySettingsStore {
  return new SecuritySettingsStore({ vault, activity, logger: fileLogger(folder, 'silent'), file });
}

function logged({ activity }: VaultParts): string[] {
  return activity
    .list({ before: null, limit: 50 })
    .entries.filter(({ kind }) => kind.startsWith('settings.'))
    .map(({ kind, detail }) => `${kind} | ${detail ?? ''}`)
    .reverse();
}

/** A new, unlocked vault with settings of its own. */
async function newSettings(): Promise<{ parts: VaultParts; store: SecuritySettingsStore }> {
  const parts = vaultParts();
  const store = storeOf(parts);
  await parts.vault.create(Buffer.from(passphrase));
  return { parts, store };
}

const weak: SecuritySettings = {
  autoLockMinutes: null,
  programsKeepOpenMinutes: 480,
  lockOnSuspend: false,
  lockOnScreenLock: false,
  clipboardSeconds: 300,
  askBeforeUse: false,
};

describe('settings that protect', () => {
  it('are the defaults in a new vault, whatever a file says', async () => {
    file.earlier = weak;
    const { parts, store } = await newSettings();
    expect(store.current).toEqual(defaultSecuritySettings);
    expect(logged(parts)).toEqual([]);
  });

  it('outlive the app, each change with the old and the new value in the log', async () => {
    const { parts, store } = await newSettings();
    store.change({ askBeforeUse: true, autoLockMinutes: 5 });
    store.change({ askBeforeUse: true });
    store.change({ autoLockMinutes: null, clipboardSeconds: 60, lockOnSuspend: false });
    store.change({ programsKeepOpenMinutes: 240 });
    store.change({ programsKeepOpenMinutes: 60 });
    store.change({ programsKeepOpenMinutes: null });
    expect(logged(parts)).toEqual([
      'settings.changed | lock when nobody uses the computer: after 5 min, was after 15 min',
      'settings.changed | ask before a program uses a context: on, was off',
      'settings.weakened | lock when nobody uses the computer: never, was after 5 min',
      'settings.weakened | lock when the computer sleeps: off, was on',
      'settings.weakened | clear copied tokens: after 60 s, was after 30 s',
      'settings.weakened | programs keep the vault open: for 240 min at most, was off',
      'settings.changed | programs keep the vault open: for 60 min at most, was for 240 min at most',
      'settings.changed | programs keep the vault open: off, was for 60 min at most',
    ]);
    const again = restart(parts);
    const kept = storeOf(again);
    await unlock(again.vault);
    expect(kept.current).toEqual({
      ...defaultSecuritySettings,
      askBeforeUse: true,
      autoLockMinutes: null,
      clipboardSeconds: 60,
      lockOnSuspend: false,
    });
  });

  it('are the strictest while the vault is locked, and cannot be changed then', async () => {
    const { parts, store } = await newSettings();
    store.change(weak);
    parts.vault.lock();
    expect(store.current).toEqual({ ...defaultSecuritySettings, askBeforeUse: true });
    expect(() => {
      store.change({ askBeforeUse: false });
    }).toThrow('vault_locked');
    await unlock(parts.vault);
    expect(store.current).toEqual(weak);
  });

  it('do not follow a file that somebody writes', async () => {
    const { parts, store } = await newSettings();
    store.change({ askBeforeUse: true });
    file.earlier = weak;
    const again = restart(parts);
    const kept = storeOf(again);
    await unlock(again.vault);
    expect(kept.current).toEqual({ ...defaultSecuritySettings, askBeforeUse: true });
    expect(file.dropped).toBe(0);
  });

  it.each([
    ['changed', `UPDATE security_settings SET value = 'false' WHERE name = 'askBeforeUse'`],
    ['taken away', `DELETE FROM security_settings WHERE name = 'askBeforeUse'`],
    ['taken away altogether, so that the file would count again', 'DELETE FROM security_settings'],
  ])('are found %s in the vault’s file', async (_how, attack) => {
    const { parts, store } = await newSettings();
    store.change({ askBeforeUse: true });
    parts.vault.close();
    file.earlier = weak;
    const victim = attacked(parts, (database) => {
      database.exec(attack);
    });
    const there = storeOf(victim);
    await expect(unlock(victim.vault)).rejects.toMatchObject({ code: 'vault_damaged' });
    expect(there.current.askBeforeUse).toBe(true);
  });
});

describe('a vault from before it had settings', () => {
  it('takes over once what the file says, and the log says so', async () => {
    file.earlier = { askBeforeUse: true, autoLockMinutes: null };
    const parts = vaultOfSchema(2);
    const store = storeOf(parts);
    await unlock(parts.vault);
    expect(store.current).toEqual({ ...defaultSecuritySettings, ...file.earlier });
    expect(logged(parts)).toEqual([
      'settings.weakened | lock when nobody uses the computer: never, was after 15 min, taken over from settings.json',
      'settings.changed | ask before a program uses a context: on, was off, taken over from settings.json',
    ]);
    expect(file.dropped).toBe(1);
    file.earlier = weak;
    parts.vault.lock();
    await unlock(parts.vault);
    expect(store.current.askBeforeUse).toBe(true);
    expect(file.dropped).toBe(1);
  });
});
