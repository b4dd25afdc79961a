import { afterEach, describe, expect, it } from 'vitest';
import { delayAfter } from '../../../../main/core/vault/throttle.ts';
import { newVault, removeVaults, restart, unlock, type VaultParts } from './vault-parts.ts';

afterEach(removeVaults);

async function failTimes(parts: VaultParts, times: number): Promise<void> {
  for (let done = 0; done < times; done += 1) {
    parts.clock.time += parts.vault.status().retryAfterMs;
    await expect(unlock(parts.vault, 'not the passphrase')).rejects.toMatchObject({
      code: 'wrong_passphrase',
    });
  }
}

describe('wrong passphrases', () => {
  it('cost nothing twice, then twice the time each, up to a minute', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1000].map(delayAfter);
    expect(delays).toEqual([0, 0, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('are answered with the time to wait', async () => {
    const parts = restart(await newVault());
    await failTimes(parts, 2);
    await expect(unlock(parts.vault, 'not the passphrase')).rejects.toMatchObject({
      code: 'wrong_passphrase',
      details: { retryAfterMs: 1000 },
    });
    expect(parts.vault.status()).toEqual({ state: 'locked', retryAfterMs: 1000, changed: false });
  });

  it('delay the right one too, without a derivation', async () => {
    const parts = restart(await newVault());
    await failTimes(parts, 4);
    const derived = parts.kdf.keys.length;
    parts.clock.time += 1500;
    await expect(unlock(parts.vault)).rejects.toMatchObject({
      code: 'unlock_delayed',
      details: { retryAfterMs: 500 },
    });
    expect(parts.kdf.keys).toHaveLength(derived);
    parts.clock.time += 500;
    await unlock(parts.vault);
    expect(parts.vault.isUnlocked).toBe(true);
  });

  it('stay counted over a restart', async () => {
    const before = restart(await newVault());
    await failTimes(before, 5);
    const after = restart(before);
    expect(after.vault.status().retryAfterMs).toBe(4000);
    await failTimes(after, 1);
    expect(after.vault.status().retryAfterMs).toBe(8000);
  });

  it('are forgotten after the right one', async () => {
    const parts = restart(await newVault());
    await failTimes(parts, 3);
    parts.clock.time += 1000;
    await unlock(parts.vault);
    parts.vault.lock();
    await failTimes(parts, 2);
    expect(parts.vault.status().retryAfterMs).toBe(0);
  });

  it('never delay for longer than their number says, even if the clock is set back', async () => {
    const parts = restart(await newVault());
    await failTimes(parts, 3);
    parts.clock.time -= 365 * 24 * 3600 * 1000;
    expect(parts.vault.status().retryAfterMs).toBe(1000);
  });

  it('given all at once are still tried one by one', async () => {
    const parts = restart(await newVault());
    const tries = await Promise.allSettled(
      Array.from({ length: 6 }, () => unlock(parts.vault, 'not the one')),
    );
    const codes = tries.map((each) =>
      each.status === 'rejected' ? (each.reason as Error).message : 'opened',
    );
    expect(codes).toEqual([
      ...['wrong_passphrase', 'wrong_passphrase', 'wrong_passphrase'],
      ...['unlock_delayed', 'unlock_delayed', 'unlock_delayed'],
    ]);
    expect(parts.kdf.keys).toHaveLength(3);
  });

  it('lose no data', async () => {
    const parts = await newVault();
    const place = { table: 'keys', row: 'row-1', column: 'sealed_seed' };
    const sealed = parts.vault.seal(place, Buffer.from('secret'));
    const again = restart(parts);
    await failTimes(again, 12);
    again.clock.time += 60_000;
    await unlock(again.vault);
    expect(again.vault.open(place, sealed).toString()).toBe('secret');
  });
});
