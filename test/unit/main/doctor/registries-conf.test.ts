import { describe, expect, it } from 'vitest';
import { shellWord } from '../../../../main/core/doctor/finding.ts';
import { readHelperList } from '../../../../main/core/doctor/registries-conf.ts';

describe('the list of helpers in a registries.conf', () => {
  it.each([
    ['credential-helpers = ["keyhold"]', ['keyhold'], true],
    ["  'credential-helpers'=['a', \"b\"]", ['a', 'b'], true],
    ['x = 1\n"credential-helpers" = [] # none\n', [], true],
    ['credential-helpers = [ # a ] in a comment\n  "a", # "b"\n]\n', ['a'], false],
    ['credential-helpers = ["a\\"]b"]', ['a\\"]b'], true],
    ['credential-helpers = ["a"', ['a'], true],
  ])('of %j is read', (text, helpers, oneLine) => {
    expect(readHelperList(text)).toEqual({ helpers, oneLine });
  });

  it.each([
    [''],
    ['# credential-helpers = ["keyhold"]'],
    ['unqualified-search-registries = ["docker.io"]'],
    ['[[registry]]\nlocation = "x"\ncredential-helpers = ["keyhold"]'],
    ['my-credential-helpers = ["keyhold"]'],
  ])('of %j is none', (text) => {
    expect(readHelperList(text)).toBeNull();
  });
});

describe('a word for a shell', () => {
  it.each([
    ['/home/ada/.local/bin', '/home/ada/.local/bin'],
    ['/home/ada lovelace', "'/home/ada lovelace'"],
    ["/it's/$(touch x)", "'/it'\\''s/$(touch x)'"],
  ])('%j is %s', (text, word) => {
    expect(shellWord(text)).toBe(word);
  });
});
