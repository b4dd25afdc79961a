import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isDigest,
  isNameComponent,
  isRepositoryName,
  isTag,
  parseReference,
  splitDigest,
} from '../../../../reference-server/registry/names.ts';

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
  it('reads name components as a naive reader does', () => {
    fc.assert(
      fc.property(nearName, (text) => {
        expect(isNameComponent(text)).toBe(text.length > 0 && oracleComponent(text));
      }),
      runs,
    );
  });

  it('takes exactly two components as a repository name', () => {
    fc.assert(
      fc.property(fc.array(nearName, { minLength: 1, maxLength: 3 }), (parts) => {
        const components = parts.join('/').split('/');
        const expected =
          components.length === 2 && components.every((part) => part !== '' && oracleComponent(part));
        expect(isRepositoryName(parts.join('/'))).toBe(expected);
      }),
      runs,
    );
    expect(isRepositoryName(`a/${'b'.repeat(253)}`)).toBe(true);
    expect(isRepositoryName(`a/${'b'.repeat(254)}`)).toBe(false);
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
    expect([isNameComponent('a\n'), isTag('a\n'), isDigest(`sha256:${'a'.repeat(64)}\n`)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('reads long hostile names in no time', () => {
    expect(isNameComponent(`${'a-'.repeat(100_000)}!`)).toBe(false);
    expect(isNameComponent(`${'a_'.repeat(127)}!`)).toBe(false);
  });

  it('splits a digest', () => {
    expect(splitDigest('sha256:ab')).toEqual({ algorithm: 'sha256', hex: 'ab' });
    expect(splitDigest('sha512:ab')).toEqual({ algorithm: 'sha512', hex: 'ab' });
  });
});
