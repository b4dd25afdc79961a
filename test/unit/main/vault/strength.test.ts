import { describe, expect, it } from 'vitest';
import { passphraseStrength, requireStrong } from '../../../../main/core/vault/strength.ts';

describe('the strength of a passphrase', () => {
  it.each([
    ['', 0, 'short'],
    ['hunter2', 1, 'short'],
    ['zx8!kQp', 1, 'short'],
    ['password12', 1, 'common'],
    ['qwertyuiop', 0, 'common'],
    ['aaaaaaaaaaaa', 0, 'repeat'],
    ['abcdefghijkl', 0, 'sequence'],
    ['zx8!kQp0vW2m', 4, null],
    ['plum anchor velvet lantern', 4, null],
  ] as const)('of “%s” is %d, because: %s', async (text, score, hint) => {
    expect(await passphraseStrength(text)).toEqual({ score, hint });
  });

  it('is told without a reason it knows as a lack of words', async () => {
    expect(await passphraseStrength('Summer2024!')).toEqual({ score: 2, hint: 'more_words' });
  });

  it('of the longest passphrase that is accepted is estimated by its beginning', async () => {
    expect((await passphraseStrength('plum anchor velvet lantern '.repeat(40))).score).toBe(4);
    expect((await passphraseStrength('a'.repeat(1024))).score).toBeLessThan(2);
  });
});

describe('a new passphrase', () => {
  it.each([
    ['too short', 'nine char', { code: 'passphrase_too_short', details: { minLength: 10 } }],
    ['common', 'password12', { code: 'passphrase_too_weak', details: { hint: 'common' } }],
  ])('that is %s is refused', async (_what, text, refusal) => {
    await expect(requireStrong(Buffer.from(text))).rejects.toMatchObject(refusal);
  });

  it('that is fair is accepted', async () => {
    await expect(requireStrong(Buffer.from('Summer2024!'))).resolves.toBeUndefined();
  });
});
