import { beforeEach, describe, expect, it } from 'vitest';
import { FailureLimiter, loginFailureLimit } from '../../../reference-server/auth/failure-limiter.ts';

let time: number;
let limiter: FailureLimiter;
beforeEach(() => {
  time = Date.parse('2026-01-01T00:00:00Z');
  limiter = new FailureLimiter(() => new Date(time));
});

const fail = (key: string) => limiter.attempt(key, () => Promise.resolve(null));
const succeed = (key: string) => limiter.attempt(key, () => Promise.resolve('ok'));

async function failTimes(key: string, times: number): Promise<void> {
  for (let round = 0; round < times; round += 1) expect(await fail(key)).toBeNull();
}

describe('the limit on failures', () => {
  it('stops the sixth try, right or wrong, and says for how long', async () => {
    await failTimes('maya', 4);
    time += 100_000;
    await failTimes('maya', 1);
    expect(await succeed('maya')).toEqual({ retryAfterSeconds: 200 });
  });

  it('lets the next try pass when the oldest failure is 300 seconds old', async () => {
    await failTimes('maya', 5);
    time += 299_000;
    expect(await succeed('maya')).toEqual({ retryAfterSeconds: 1 });
    time += 1_000;
    expect(await succeed('maya')).toBe('ok');
  });

  it('forgets the failures after a success', async () => {
    await failTimes('maya', 4);
    expect(await succeed('maya')).toBe('ok');
    await failTimes('maya', 5);
  });

  it('counts each key for itself', async () => {
    await failTimes('maya', 5);
    expect(await succeed('jonas')).toBe('ok');
  });

  it('goes on after a try that threw', async () => {
    await expect(limiter.attempt('maya', () => Promise.reject(new Error('broken')))).rejects.toThrow(
      'broken',
    );
    expect(await succeed('maya')).toBe('ok');
  });

  it('never runs more than five of many failing tries at once', async () => {
    let ran = 0;
    const tries = Array.from({ length: 50 }, () =>
      limiter.attempt('maya', () => {
        ran += 1;
        return Promise.resolve(null);
      }),
    );
    await Promise.all(tries);
    expect(ran).toBe(5);
  });

  it('keeps a bounded number of keys and drops the one that failed longest ago', async () => {
    await failTimes('first', 5);
    await failTimes('second', 5);
    for (let index = 0; index < loginFailureLimit.maxKeys - 1; index += 1)
      limiter.note(`key ${String(index)}`);
    expect(await succeed('first')).toBe('ok');
    expect(await succeed('second')).toMatchObject({ retryAfterSeconds: 300 });
  });
});
