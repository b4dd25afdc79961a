import { describe, expect, it } from 'vitest';
import { entityTag, evaluateConditions, rangeCounts } from '../../../reference-server/http/preconditions.ts';

const current = entityTag('sha256:a');
const evaluate = (headers: Record<string, string>, method = 'GET', tag: string | null = current) =>
  evaluateConditions({ method, headers }, tag);

/** Lists that name the tag by weak comparison, and whether by strong comparison too. */
const naming: [list: string, strong: boolean][] = [
  ['"sha256:a"', true],
  ['W/"sha256:a"', false],
  ['"x", "sha256:a"', true],
  ['"x",W/"sha256:a","y"', false],
  ['W/"x" , "sha256:a"', true],
  [' , ,"sha256:a",', true],
  ['"a,b", "sha256:a"', true],
  ['"", "sha256:a"', true],
  ['*', true],
];
const otherLists = ['"x"', 'W/"x"', '"SHA256:A"', '', ',', '"\u00e9"'];
const noLists = [
  ...['"sha256:a ', 'sha256:a', "'sha256:a'", '"x, "sha256:a""', 'w/"sha256:a"', 'W/ "sha256:a"'],
  ...['"sha256:a" "x"', '"x", *', 'W/*', '"sha256:a"x'],
];

describe('If-None-Match', () => {
  it.each(naming)('%s names what there is, by weak comparison', (list) => {
    for (const method of ['GET', 'HEAD'])
      expect(evaluate({ 'if-none-match': list }, method)).toBe('not-modified');
    for (const method of ['PUT', 'DELETE'])
      expect(evaluate({ 'if-none-match': list }, method)).toBe('failed');
    expect(evaluate({ 'if-none-match': list }, 'PUT', null)).toBe('fulfilled');
  });

  it.each(otherLists)('%j names it not', (list) => {
    for (const method of ['GET', 'PUT'])
      expect(evaluate({ 'if-none-match': list }, method)).toBe('fulfilled');
  });

  it.each(noLists)('%j is of another form: all is read, and nothing changed', (list) => {
    for (const method of ['GET', 'HEAD'])
      expect(evaluate({ 'if-none-match': list }, method)).toBe('fulfilled');
    for (const method of ['PUT', 'DELETE'])
      expect(evaluate({ 'if-none-match': list }, method, null)).toBe('failed');
  });
});

describe('If-Match', () => {
  it.each(naming)('%s names what there is, by strong comparison: %j', (list, strong) => {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE'])
      expect(evaluate({ 'if-match': list }, method)).toBe(strong ? 'fulfilled' : 'failed');
    expect(evaluate({ 'if-match': list }, 'PUT', null)).toBe('failed');
  });

  it.each([...otherLists, ...noLists])('%j names it not', (list) => {
    expect(evaluate({ 'if-match': list })).toBe('failed');
  });

  it('comes before If-None-Match', () => {
    expect(evaluate({ 'if-match': '"x"', 'if-none-match': current })).toBe('failed');
    expect(evaluate({ 'if-match': current, 'if-none-match': current })).toBe('not-modified');
    expect(evaluate({ 'if-match': current, 'if-none-match': '"x"' })).toBe('fulfilled');
  });
});

it('dates do not count, for nothing here has one', () => {
  const past = 'Thu, 01 Jan 1970 00:00:00 GMT';
  const future = 'Fri, 01 Jan 2100 00:00:00 GMT';
  for (const date of [past, future]) {
    expect(evaluate({ 'if-modified-since': date })).toBe('fulfilled');
    expect(evaluate({ 'if-unmodified-since': date })).toBe('fulfilled');
    expect(rangeCounts({ method: 'GET', headers: { 'if-range': date } }, current)).toBe(false);
  }
});

it('If-Range is one tag, compared strongly', () => {
  const counts = (value?: string) =>
    rangeCounts({ method: 'GET', headers: value === undefined ? {} : { 'if-range': value } }, current);
  expect([counts(), counts(current)]).toEqual([true, true]);
  for (const other of [`W/${current}`, '"x"', '*', `${current}, ${current}`, 'sha256:a', ''])
    expect([other, counts(other)]).toEqual([other, false]);
});

it('a list of a million bytes is looked through at once', () => {
  for (const list of [
    '"a",'.repeat(250_000),
    ','.repeat(1_000_000),
    'W/'.repeat(500_000),
    '"a" '.repeat(250_000),
  ])
    expect(evaluate({ 'if-none-match': list })).toBe('fulfilled');
});
