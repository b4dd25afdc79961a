import { describe, expect, it } from 'vitest';
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

/** A PHC string without what is random in it: algorithm, version, cost, and the lengths of salt and hash. */
function shape(hash: string) {
  const [, algorithm, version, cost, salt = '', output = ''] = hash.split('$');
  return { algorithm, version, cost, saltLength: salt.length, outputLength: output.length };
}
