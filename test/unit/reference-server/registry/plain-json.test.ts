import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePlainJson } from '../../../../reference-server/registry/plain-json.ts';

const read = (text: string) => parsePlainJson(Buffer.from(text));

describe('plain JSON', () => {
  it('is what the parser makes of it, whatever spaces and escapes it is written with', () => {
    const value = fc.jsonValue({ maxDepth: 5, noUnicodeString: false });
    const plain = (_name: string, each: unknown) =>
      typeof each === 'number' ? Math.trunc(each % 1e9) + 0 : each;
    fc.assert(
      fc.property(value, fc.constantFrom('', ' ', '\t', '\n'), (each, space) => {
        const text = JSON.stringify(each, plain, space);
        const escaped = text.replace(
          /[^\0-\x7f]/g,
          (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
        expect(read(text)).toEqual(JSON.parse(text));
        expect(read(escaped)).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a byte order mark', '\ufeff{}', 'begins with a byte order mark'],
    ['no JSON', '{"a":1,}', 'is not JSON'],
    ['nothing', '', 'is not JSON'],
    ['two documents', '{}{}', 'is not JSON'],
    ['a field twice', '{"a":1,"b":{"a":1},"a":1}', 'has the field "a" twice'],
    ['a field twice, deep inside', '[{"b":[{"a":1,"c":["a"],"a":2}]}]', 'has the field "a" twice'],
    ['a field twice, once escaped', '{"size":1,"si\\u007ae":2}', 'has the field "size" twice'],
    ['half of a surrogate pair', '{"a":"\\ud800"}', 'has half of a surrogate pair in a text'],
    ['half of a surrogate pair in a name', '{"\\udc00":1}', 'has half of a surrogate pair in a text'],
    ['65 lists', '['.repeat(65) + ']'.repeat(65), 'is nested too deeply'],
    ['a million objects', '{"a":'.repeat(1_000_000) + '1' + '}'.repeat(1_000_000), 'is nested too deeply'],
    ['a leading zero', '[-01]', 'is not JSON'],
  ])('is not %s', (_what, text, words) => {
    expect(() => read(text)).toThrow(words);
  });

  it.each([
    ['Latin-1', Buffer.from('{"a":"\u00e9"}', 'latin1')],
    ['UTF-16', Buffer.from('\ufeff{}', 'utf16le')],
    ['an overlong form', Buffer.from([0x22, 0xc0, 0x80, 0x22])],
    ['a surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['half a character', Buffer.from([0x22, 0xe2, 0x82, 0x22])],
  ])('is not in %s', (_what, bytes) => {
    expect(() => parsePlainJson(bytes)).toThrow('is not in UTF-8');
  });

  it('has numbers that are whole, or Infinity where they are not written so', () => {
    const whole = ['0', '7', '-7', '9007199254740991', '1234567890123456789012'];
    const odd = ['-0', '1.0', '1e3', '1E3', '1e+3', '10e-1', '0.5', '1.5e300', '1e400', '-1.0'];
    expect(read(`[${whole.join()}]`)).toEqual(whole.map(Number));
    expect(read(`[${odd.join(' , ')}]`)).toEqual(odd.map(() => Infinity));
    expect(read('{"a":"1.0 1e3","b":[1.0,2,{"c":3e0}],"d":4}')).toEqual({
      a: '1.0 1e3',
      b: [Infinity, 2, { c: Infinity }],
      d: 4,
    });
  });

  it('may have the same name in objects beside and inside each other', () => {
    const text = '{"a":{"a":[{"a":"a"},{"a":"a"},"a","a"]},"b":"a","c":{"a":1}}';
    expect(read(text)).toEqual(JSON.parse(text));
  });
});
