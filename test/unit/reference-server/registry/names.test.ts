import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRepositoryName } from '../../../../contracts/domain/repository-name.ts';
import { orgOfRepository } from '../../../../reference-server/identity/repository-name.ts';
import { isDigest, isTag, parseReference, splitDigest } from '../../../../reference-server/registry/names.ts';

const lower = 'abcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';
const within = (text: string, alphabet: string) =>
  Array.from(text).every((character) => alphabet.includes(character));

/** The grammar read letter by letter: runs of letters and digits, one separator between two runs. */
function oracleComponent(text: string): boolean {
  const runs: { inWord: boolean; text: string }[] = [];
  for (const character of text) {
    const inWord = within(character, lower + digits);
    const last = runs.at(-1);
    if (last?.inWord === inWord) last.text += character;
    else runs.push({ inWord, text: character });
  }
  const separatorsFit = runs.every(
    (run) => run.inWord || ['.', '_', '__'].includes(run.text) || within(run.text, '-'),
  );
  return separatorsFit && runs.at(0)?.inWord === true && runs.at(-1)?.inWord === true;
}

function oracleName(text: string): boolean {
  const components = text.split('/');
  const fits = components.length >= 2 && text.length <= 255;
  return fits && components.every((component) => component !== '' && oracleComponent(component));
}

function oracleTag(text: string): boolean {
  const first = `${lower}${lower.toUpperCase()}${digits}_`;
  const [head = ''] = text;
  return text !== '' && text.length <= 128 && within(head, first) && within(text, `${first}.-`);
}

function oracleDigest(text: string): boolean {
  const [algorithm, hex = '', ...more] = text.split(':');
  const length = { sha256: 64, sha512: 128 }[algorithm ?? ''];
  return more.length === 0 && hex.length === length && within(hex, `${digits}abcdef`);
}

/** Text that is often, and never quite, what the grammar wants. */
const nearName = fc.string({
  unit: fc.constantFrom('a', 'z', '0', '9', '.', '_', '-', '-', '/', 'A', '%', ' ', 'é'),
});
const goodName = fc.constantFrom('acme', 'web', 'a.b', 'a__b', 'a--b', 'a1', '0');
const nearHex = fc.string({
  unit: fc.constantFrom(...Array.from('0123456789abcdef')),
  minLength: 63,
  maxLength: 65,
});
const nearDigest = fc.oneof(
  fc
    .tuple(fc.constantFrom('sha256', 'sha512', 'md5', 'SHA256'), fc.constantFrom(':', '', '::'), nearHex)
    .map((parts) => parts.join('')),
  fc.tuple(nearHex, nearHex).map(([first, second]) => `sha512:${first}${second}`),
  fc.string(),
);
const runs = { numRuns: 1000 };

describe('the distribution grammar', () => {
  it('reads names of two and more components as a naive reader does', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(nearName, goodName), { minLength: 1, maxLength: 6 }), (parts) => {
        const name = parts.join('/');
        expect(isRepositoryName(name)).toBe(oracleName(name));
        if (oracleName(name)) expect([null, name.split('/')[0]]).toContain(orgOfRepository(name));
        else expect(orgOfRepository(name)).toBeNull();
      }),
      runs,
    );
  });

  it.each(['acme/web', 'acme/web/cache', 'acme/hosts/a1', 'a/b/c/d/e', 'acme/a__b/c--d/e.f', '0/0/0'])(
    'takes %s',
    (name) => {
      expect([isRepositoryName(name), orgOfRepository(name)]).toEqual([true, name.split('/')[0]]);
    },
  );

  it('counts 255 characters in all, whatever the number of components', () => {
    for (const [longest, one] of [
      [`a/${'b'.repeat(253)}`, 'b'],
      [`${'a/'.repeat(127)}b`, 'b'],
    ] as const) {
      expect([longest.length, isRepositoryName(longest), isRepositoryName(longest + one)]).toEqual([
        255,
        true,
        false,
      ]);
    }
  });

  it('reads tags, digests and references as a naive reader does', () => {
    fc.assert(
      fc.property(fc.oneof(nearName, nearDigest, fc.string({ maxLength: 140 })), (text) => {
        expect(isTag(text)).toBe(oracleTag(text));
        expect(isDigest(text)).toBe(oracleDigest(text));
        const reference = parseReference(text);
        if (oracleDigest(text)) expect(reference).toEqual({ kind: 'digest', digest: text });
        else if (oracleTag(text)) expect(reference).toEqual({ kind: 'tag', tag: text });
        else expect(reference).toBe(text.includes(':') ? 'bad-digest' : 'bad-tag');
      }),
      runs,
    );
  });

  it('takes no text with a line end behind it', () => {
    expect([isRepositoryName('a/b\n'), isTag('a\n'), isDigest(`sha256:${'a'.repeat(64)}\n`)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('reads long hostile names in no time', () => {
    for (const unit of ['a-', 'a_', 'a/', 'a__']) {
      expect(isRepositoryName(`a/${unit.repeat(100_000)}!`)).toBe(false);
      expect(isRepositoryName(`a/${unit.repeat(83)}!`)).toBe(false);
    }
  });

  it('splits a digest', () => {
    expect(splitDigest('sha256:ab')).toEqual({ algorithm: 'sha256', hex: 'ab' });
    expect(splitDigest('sha512:ab')).toEqual({ algorithm: 'sha512', hex: 'ab' });
  });
});
