import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addHelper, removeHelper } from '../../../../main/core/registries/auth-file.ts';
import { authFile, hostName, namedHelper } from './auth-file-cases.ts';

const host = 'registry.example:5000';

function lines(...text: string[]): string {
  return text.join('\n');
}

const invalidFiles: [string, string, string][] = [
  ['no JSON', '{"auths": {', 'not_json'],
  ['a comment', '{} // mine', 'not_json'],
  ['a trailing comma', '{"auths": {},}', 'not_json'],
  ['a byte order mark', '\uFEFF{}', 'byte_order_mark'],
  ['a list', '[]', 'other_form'],
  ['a text', '"credHelpers"', 'other_form'],
  ['credHelpers that are no object', '{"credHelpers": ["keyhold"]}', 'other_form'],
  ['an entry that is no text', `{"credHelpers": {"${host}": 1}}`, 'other_form'],
  ['credHelpers twice', '{"credHelpers": {}, "credHelpers": {}}', 'twice'],
  ['credHelpers in two spellings', '{"credHelpers": {}, "CREDHELPERS": {}}', 'twice'],
  ['an entry twice', `{"credHelpers": {"${host}": "a", "${host}": "keyhold"}}`, 'twice'],
];

/** What says no more than no file does, and what becomes of it. */
const emptyFiles: [string, string, string][] = [
  ['nothing', '', newFile()],
  ['white space', ' \n', newFile()],
  ['null', 'null\n', newFile()],
  ['credHelpers that are null', '{"credHelpers": null}', `{"credHelpers": {"${host}": "keyhold"}}`],
  ['an empty name', `{"credHelpers": {"${host}": ""}}`, `{"credHelpers": {"${host}": "keyhold"}}`],
  ['a name that is null', `{"credHelpers": {"${host}": null}}`, `{"credHelpers": {"${host}": "keyhold"}}`],
  [
    'another spelling',
    '{"CredHelpers": {"a.example": "pass"}}',
    `{"CredHelpers": {"a.example": "pass","${host}": "keyhold"}}`,
  ],
];

function newFile(): string {
  return lines('{', '\t"credHelpers": {', '\t\t"registry.example:5000": "keyhold"', '\t}', '}', '');
}

describe('adding Keyhold to an auth file', () => {
  it('makes the file that Podman would make', () => {
    expect(addHelper(null, host)).toBe(
      lines('{', '\t"credHelpers": {', '\t\t"registry.example:5000": "keyhold"', '\t}', '}', ''),
    );
  });

  it('keeps indentation, order and all that it does not know', () => {
    const before = lines(
      '{',
      '  "auths": {',
      '    "a.example": { "auth": "bWF5YTpwdw==" }',
      '  },',
      '  "z": 1.50',
      '}',
      '',
    );
    expect(addHelper(before, host)).toBe(
      lines(
        '{',
        '  "auths": {',
        '    "a.example": { "auth": "bWF5YTpwdw==" }',
        '  },',
        '  "z": 1.50,',
        '  "credHelpers": {',
        '    "registry.example:5000": "keyhold"',
        '  }',
        '}',
        '',
      ),
    );
  });

  it('goes behind the helpers that are there', () => {
    const before = lines('{', '\t"credHelpers": {', '\t\t"a.example": "pass"', '\t},', '\t"auths": {}', '}');
    expect(addHelper(before, host)).toBe(
      lines(
        '{',
        '\t"credHelpers": {',
        '\t\t"a.example": "pass",',
        '\t\t"registry.example:5000": "keyhold"',
        '\t},',
        '\t"auths": {}',
        '}',
      ),
    );
  });

  it.each([
    ['{"auths":{}}', `{"auths":{},"credHelpers":{"${host}":"keyhold"}}`],
    ['{ "auths": {} }', `{ "auths": {}, "credHelpers": {"${host}": "keyhold"} }`],
    ['{"credHelpers":{}}', `{"credHelpers":{"${host}":"keyhold"}}`],
    ['{}', `{\n\t"credHelpers": {\n\t\t"${host}": "keyhold"\n\t}\n}`],
    ['{\r\n}\r\n', `{\r\n\t"credHelpers": {\r\n\t\t"${host}": "keyhold"\r\n\t}\r\n}\r\n`],
    ['{\n "credHelpers": {}\n}', `{\n "credHelpers": {\n  "${host}": "keyhold"\n }\n}`],
  ])('keeps the layout of %j', (before, after) => {
    expect(addHelper(before, host)).toBe(after);
  });

  it.each(invalidFiles)('refuses %s, and says what it is', (_what, text, fault) => {
    expect(() => addHelper(text, host)).toThrow(
      expect.objectContaining({ code: 'auth_file_invalid', details: { fault } }),
    );
  });

  it.each(emptyFiles)('takes %s for no entry', (_what, text, after) => {
    expect(addHelper(text, host)).toBe(after);
    expect(removeHelper(text, host)).toBe(text);
  });

  it('does not take a host from another helper', () => {
    const text = `{"credHelpers": {"${host}": "secretservice"}}`;
    expect(() => addHelper(text, host)).toThrow(expect.objectContaining({ code: 'auth_file_entry_foreign' }));
  });

  it('adds one entry and changes no other value, whatever the file holds', () => {
    fc.assert(
      fc.property(authFile, hostName, ({ value, text }, name) => {
        fc.pre(namedHelper(text, name) === 'none');
        const after = addHelper(text, name);
        const helpers = {
          ...(value['credHelpers'] as Record<string, string> | undefined),
          [name]: 'keyhold',
        };
        expect(JSON.parse(after)).toEqual(JSON.parse(JSON.stringify({ ...value, credHelpers: helpers })));
        expect(namedHelper(after, name)).toBe('keyhold');
      }),
      { numRuns: 1000 },
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(authFile, hostName, ({ text }, name) => {
        fc.pre(namedHelper(text, name) === 'none');
        const once = addHelper(text, name);
        expect(addHelper(once, name)).toBe(once);
      }),
    );
  });

  it('keeps the line ends of the file', () => {
    fc.assert(
      fc.property(authFile, hostName, ({ text }, name) => {
        fc.pre(namedHelper(text, name) === 'none' && text.trim().includes('\r\n'));
        expect(addHelper(text.trim(), name)).not.toMatch(/[^\r]\n/);
      }),
    );
  });
});

describe('a damaged auth file', () => {
  it('is refused, or only the entry is added', () => {
    const damage = fc.tuple(
      fc.nat(),
      fc.nat(8),
      fc.constantFrom('', '"', '{', '}', ',', ':', '\\', '\n', '[', '0'),
    );
    fc.assert(
      fc.property(authFile, damage, hostName, ({ text }, [at, length, inserted], name) => {
        const start = at % (text.length + 1);
        const damaged = text.slice(0, start) + inserted + text.slice(start + length);
        let after: string;
        try {
          after = addHelper(damaged, name);
        } catch (error) {
          expect(error).toHaveProperty('code', expect.stringMatching(/^auth_file_(invalid|entry_foreign)$/));
          return;
        }
        // A file without content is a new one.
        const { credHelpers, ...others } = JSON.parse(damaged.trim() || '{}') as Record<string, unknown>;
        const helpers = { ...(credHelpers as Record<string, string> | undefined), [name]: 'keyhold' };
        expect(JSON.parse(after)).toEqual({ ...others, credHelpers: helpers });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('removing Keyhold from an auth file', () => {
  it('gives back the very bytes', () => {
    fc.assert(
      fc.property(authFile, hostName, ({ text }, name) => {
        fc.pre(namedHelper(text, name) === 'none');
        expect(removeHelper(addHelper(text, name), name)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives back the very bytes when several entries go in any order', () => {
    const hosts = fc.uniqueArray(hostName, { minLength: 2, maxLength: 4 });
    const shuffled = hosts.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(authFile, shuffled, ({ text }, [added, removed]) => {
        fc.pre(added.every((name) => namedHelper(text, name) === 'none'));
        const full = added.reduce((before, name) => addHelper(before, name), text);
        expect(removed.reduce((before, name) => removeHelper(before, name), full)).toBe(text);
      }),
    );
  });

  it('leaves the entry of another helper alone', () => {
    const text = `{"credHelpers": {"${host}": "secretservice"}}`;
    expect(removeHelper(text, host)).toBe(text);
  });

  it.each(invalidFiles)('refuses %s', (_what, text) => {
    expect(() => removeHelper(text, host)).toThrow(expect.objectContaining({ code: 'auth_file_invalid' }));
  });
});

describe('namedHelper', () => {
  it.each([
    [null, 'none'],
    ['{}', 'none'],
    [`{"credHelpers": {"${host}": "keyhold"}}`, 'keyhold'],
    [`{"credHelpers": {"${host}": "pass"}}`, 'other'],
    [`{"credHelpers": {"registry.example": "keyhold"}}`, 'none'],
    [`{"auths": {"credHelpers": {"${host}": "keyhold"}}}`, 'none'],
    [`{"cred\\u0048elpers": {"${host.replace('r', '\\u0072')}": "keyhold"}}`, 'keyhold'],
    [`{"__proto__": {"credHelpers": {"${host}": "keyhold"}}}`, 'none'],
  ])('of %j is %s', (text, named) => {
    expect(namedHelper(text, host)).toBe(named);
  });
});
