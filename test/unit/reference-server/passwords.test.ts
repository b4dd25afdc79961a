import { describe, expect, it } from 'vitest';
import { passwordTurns, restAfter } from '../../../reference-server/auth/password-turns.ts';
import { decoyHash, hashPassword, verifyPassword } from '../../../reference-server/auth/passwords.ts';

describe('password hashes', () => {
  it('are argon2id with at least 19 MiB and two passes, each with its own salt', async () => {
    const [first, second] = await Promise.all([hashPassword('secret'), hashPassword('secret')]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(first).not.toBe(second);
    expect(await verifyPassword(first, 'secret')).toBe(true);
    expect(await verifyPassword(first, 'Secret')).toBe(false);
  });

  it('of nobody cost as much as real ones and never match', async () => {
    expect(shape(decoyHash)).toEqual(shape(await hashPassword('secret')));
    expect(await verifyPassword(null, '')).toBe(false);
    expect(await verifyPassword(null, 'secret')).toBe(false);
  });
});

describe('the turns of passwords', () => {
  it('are one at a time, each after the rest of the one before, for which nobody waits', async () => {
    const rests: (() => void)[] = [];
    const inTurn = passwordTurns(() => new Promise((resolve) => rests.push(() => resolve(undefined))));
    const begun: string[] = [];
    const ask = (name: string) =>
      inTurn(async () => {
        begun.push(name);
        return Promise.resolve(name);
      });
    const [first, second] = [ask('first'), ask('second')];
    expect(await first).toBe('first');
    await new Promise(setImmediate);
    expect([begun, rests.length]).toEqual([['first'], 1]);
    rests[0]?.();
    expect(await second).toBe('second');
  });

  it('go on after one that failed', async () => {
    await expect(verifyPassword('none', 'secret')).rejects.toThrow();
    expect(await verifyPassword(await hashPassword('secret'), 'secret')).toBe(true);
  });

  it('have a rest as long as the server is busy, and none where it is idle', () => {
    expect([restAfter(40, 0), restAfter(40, 0.5), restAfter(40, 1)]).toEqual([0, 60, 120]);
  });
});

/** A PHC string without what is random in it: algorithm, version, cost, and the lengths of salt and hash. */
function shape(hash: string) {
  const [, algorithm, version, cost, salt = '', output = ''] = hash.split('$');
  return { algorithm, version, cost, saltLength: salt.length, outputLength: output.length };
}
