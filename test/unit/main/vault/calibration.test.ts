import { describe, expect, it } from 'vitest';
import type { Argon2Parameters } from '../../../../main/core/ports.ts';
import { calibrate, iterationsFor } from '../../../../main/core/vault/calibration.ts';
import { ManualClock, WatchedRandom } from './vault-parts.ts';

const base = { memoryKiB: 64 * 1024, iterations: 3, parallelism: 4 };

/** Takes `msPerIteration` on the given clock; what it answers is not looked at. */
function timedKdf(clock: ManualClock, msPerIteration: number) {
  const answers: Buffer[] = [];
  const argon2id = (_passphrase: Buffer, _salt: Buffer, parameters: Argon2Parameters): Promise<Buffer> => {
    clock.time += parameters.iterations * msPerIteration;
    const answer = Buffer.alloc(32, 1);
    answers.push(answer);
    return Promise.resolve(answer);
  };
  return { argon2id, answers };
}

describe('calibration', () => {
  it('raises the iterations in proportion to the time that is left', () => {
    expect(iterationsFor(base, 300, 1000)).toBe(10);
  });

  it('never goes below the parameters it was given, however slow the computer', () => {
    expect(iterationsFor(base, 5000, 1000)).toBe(3);
  });

  it('never goes above what a vault may ask for when it is read', () => {
    expect(iterationsFor(base, 1, 1000)).toBe(64);
  });

  it('keeps to the given parameters when the clock ran backwards or stood still', () => {
    expect(iterationsFor(base, -20, 1000)).toBe(3);
    expect(iterationsFor(base, 0, 1000)).toBe(3);
  });

  it('measures one derivation with the given parameters and zeroes what came out', async () => {
    const clock = new ManualClock();
    const kdf = timedKdf(clock, 50);
    const settings = { ...base, targetMs: 1000 };
    const parameters = await calibrate(settings, { kdf, clock, random: new WatchedRandom() });
    expect(parameters).toEqual({ ...base, iterations: 20 });
    expect(kdf.answers).toEqual([Buffer.alloc(32)]);
  });

  it('is left out when no time is asked for', async () => {
    const clock = new ManualClock();
    const kdf = timedKdf(clock, 50);
    expect(await calibrate(base, { kdf, clock, random: new WatchedRandom() })).toEqual(base);
    expect(kdf.answers).toHaveLength(0);
  });
});
