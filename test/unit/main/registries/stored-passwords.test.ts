import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storedPasswords, withoutPasswords } from '../../../../main/core/registries/stored-passwords.ts';
import { authFile, hostName } from './auth-file-cases.ts';

const host = 'registry.example:5000';

function found(text: string | null): string[] {
  return [...storedPasswords(text, new Set([host]))];
}

describe('finding passwords', () => {
  it.each([
    ['a host', { [host]: { auth: 'YTpi' } }],
    ['a part of a repository’s name', { [`${host}/acme/web`]: { auth: 'YTpi' } }],
    ['an address of an old version', { [`https://${host}/v1/`]: { identitytoken: 'x' } }],
    ['upper case', { 'Registry.Example:5000': { password: 'x' } }],
  ])('takes %s for the registry', (_what, auths) => {
    expect(found(JSON.stringify({ auths }))).toEqual([host]);
  });

  it.each([
    ['no file', null],
    ['no JSON', '{ "auths": '],
    ['a list', '[]'],
    ['auths that are no object', '{"auths": 1}'],
    ['another port', '{"auths": {"registry.example:5001": {"auth": "YTpi"}}}'],
    ['an empty entry', `{"auths": {"${host}": {}}}`],
    ['an empty password', `{"auths": {"${host}": {"auth": ""}}}`],
    ['a user name alone', `{"auths": {"${host}": {"username": "maya"}}}`],
    ['an entry that is no object', `{"auths": {"${host}": "YTpi"}}`],
  ])('finds none in %s', (_what, text) => {
    expect(found(text)).toEqual([]);
  });
});

describe('removing passwords', () => {
  it('takes out those of the host, whatever the file holds, and changes no other value', () => {
    fc.assert(
      fc.property(authFile, hostName, fc.nat(), ({ value, text }, another, index) => {
        const there = Object.keys(value['auths'] ?? {});
        const name = there[index % Math.max(1, there.length)] ?? another;
        const { [name]: stored, ...auths } = (value['auths'] ?? {}) as Record<string, unknown>;
        const after = withoutPasswords(text, name);
        if (stored === undefined) {
          expect(after).toBe(text);
          return;
        }
        expect(JSON.parse(after)).toEqual(JSON.parse(JSON.stringify({ ...value, auths })));
        expect(withoutPasswords(after, name)).toBe(after);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes out all keys of the host, with their layout', () => {
    const text = `{\n\t"auths": {\n\t\t"${host}": {"auth": "YTpi"},\n\t\t"a.example": {},\n\t\t"${host}/web": {}\n\t}\n}\n`;
    expect(withoutPasswords(text, host)).toBe('{\n\t"auths": {\n\t\t"a.example": {}\n\t}\n}\n');
  });
});
