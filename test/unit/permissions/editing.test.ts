import { describe, expect, it } from 'vitest';
import { analyse } from '../../../contracts/permissions/analysis.ts';
import { catalogue, completionsAt } from '../../../contracts/permissions/catalogue.ts';
import { holdRules } from '../../../contracts/permissions/decision.ts';
import { combine, runTests } from '../../../contracts/permissions/effects.ts';
import { operationIds, permissionFor } from '../../../contracts/permissions/operations.ts';
import { reachOf } from '../../../contracts/permissions/reach.ts';
import { readRule } from '../../../contracts/permissions/rule.ts';

describe('look-alikes', () => {
  it.each([
    { name: 'Cyrillic', text: 'tkeeper.kеy.*.sign', at: 9, length: 1, looksLike: 'e' },
    { name: 'Greek', text: 'tkeeper.key.vault-ο.sign', at: 18, length: 1, looksLike: 'o' },
    { name: 'full-width', text: 'tkeeper.key.ａ.sign', at: 12, length: 1, looksLike: 'a' },
    { name: 'mathematical', text: 'tkeeper.key.𝐚.sign', at: 12, length: 2, looksLike: 'a' },
    { name: 'hyphen', text: 'tkeeper.key.wallet‐hot.sign', at: 18, length: 1, looksLike: '-' },
    { name: 'minus before a deny', text: '−tkeeper.key.*.sign', at: 0, length: 1, looksLike: '-' },
    { name: 'star', text: 'tkeeper.key.∗.sign', at: 12, length: 1, looksLike: '*' },
    { name: 'dot', text: 'tkeeper․recover', at: 7, length: 1, looksLike: '.' },
    { name: 'nothing to see', text: 'tkeeper.\u200brecover', at: 8, length: 1, looksLike: '' },
    { name: 'turned direction', text: 'tkeeper.\u202erecover', at: 8, length: 1, looksLike: '' },
    { name: 'variation', text: 'tkeeper.recover\ufe0f', at: 15, length: 1, looksLike: '' },
    { name: 'combining mark', text: 'tkeeper.recover\u0323', at: 15, length: 1, looksLike: '' },
  ])('finds $name at its place, and that the rule does nothing', ({ text, at, length, looksLike }) => {
    expect(analyse([text], [])).toEqual([
      { index: 0, kind: 'look_alike', at, length, looksLike },
      { index: 0, kind: 'inert' },
    ]);
  });

  it('tells the first eight of a rule, and those behind them once these are mended', () => {
    const found = analyse([`tkeeper.key.${'а漢𝐚'.repeat(100)}.sign`], []);
    expect(found.map(({ kind, at, length }) => [kind, at, length])).toEqual([
      ...[12, 16, 20, 24].flatMap((at) => [
        ['look_alike', at, 1],
        ['look_alike', at + 2, 2],
      ]),
      ['inert', undefined, undefined],
    ]);
    expect(analyse([`tkeeper.key.${'a'.repeat(99)}а.sign`], [])).toMatchObject([{ at: 111 }, {}]);
  });

  it('finds none in letters that look like no other', () => {
    expect(analyse(['tkeeper.key.漢ü.sign', 'tkeeper.key.*.sign'], [])).toEqual([
      { index: 0, kind: 'inert' },
    ]);
  });
});

it('takes the ids that keys have for such, although no key of today could have them', () => {
  expect(analyse(['tkeeper.key.Old_Key.sign'], [])).toEqual([{ index: 0, kind: 'inert' }]);
  expect(analyse(['tkeeper.key.Old_Key.sign', 'tkeeper.key.*_Key.sign'], ['Old_Key'])).toEqual([
    { index: 0, kind: 'redundant', by: 1 },
  ]);
});

it.each([
  'wallet--hot',
  'a:b:c',
  '-a',
  'a-',
  'Wallet*',
  '*_hot',
  'a:*:b',
  'a'.repeat(256),
  `${'a'.repeat(256)}*`,
])('knows that no key is %s', (segment) => {
  expect(analyse([`tkeeper.key.${segment}.sign`], []).map(({ kind }) => kind)).toEqual(['inert']);
});

it.each(['wallet-*', '*-hot', 'a:*', 'a*:b', 'a-*-b', `${'a'.repeat(255)}*`, 'a'.repeat(255)])(
  'knows that a key may be %s',
  (segment) => {
    expect(analyse([`tkeeper.key.${segment}.sign`], [])).toEqual([]);
  },
);

it('reaches keys that there are and those that may come', () => {
  const reach = (text: string): object => {
    const { rule } = readRule(text);
    return rule === null ? {} : reachOf(rule, ['wallet-hot', 'wallet-cold', 'master']);
  };
  expect(reach('-tkeeper.key.wallet-*.s*')).toEqual({
    ...{ keys: ['wallet-hot', 'wallet-cold'], ofKeys: true, future: true },
    operations: ['key.sign'],
  });
  expect(reach('tkeeper.key.master.sign')).toMatchObject({ keys: ['master'], future: false });
  expect(reach('tkeeper.key.other.sign')).toMatchObject({ keys: [], ofKeys: true, future: true });
  expect(reach('tkeeper.storage.delete')).toMatchObject({ ofKeys: false, operations: ['key.destroy'] });
  expect(reach('tkeeper.storage.*')).toMatchObject({ operations: ['storage.write'] });
  expect(reach('-tkeeper.storage.*')).toMatchObject({ operations: ['key.destroy', 'storage.write'] });
  expect(reach('tkeeper.system.s*')).toMatchObject({ keys: [], operations: ['system.seal'] });
});

describe('completions', () => {
  const keyIds = ['wallet-hot', 'cold-wallet', 'x'];
  const texts = (line: string, caret = line.length): string[] =>
    completionsAt(line, caret, keyIds).map(({ text }) => text);

  it('go on segment by segment, behind a deny mark and behind stars too', () => {
    expect(texts('')).toEqual(['tkeeper.']);
    expect(texts('-tkeeper.sys')).toEqual(['system.']);
    expect(texts('tkeeper.key.')).toEqual(['*.', 'wallet-hot.', 'cold-wallet.', 'x.']);
    expect(texts('tkeeper.key.wallet')).toEqual(['wallet-hot.', 'cold-wallet.']);
    expect(texts('tkeeper.key.wallet-*.s')).toEqual(['sign']);
    expect(texts('tkeeper.dkg.gen')).toEqual(['generate', 'generate.']);
    expect(texts('tkeeper.re')).toEqual(['recover']);
  });

  it('have ids that begin alike by a star, which stands before them', () => {
    const ids = ['wallet-hot-eu', 'wallet-hot-us', 'wallet:a', 'wallet:b', 'x-y'];
    const offered = (line: string): string[] =>
      completionsAt(line, line.length, ids).map(({ text }) => text.replace(/\.$/, ''));
    expect(offered('tkeeper.*.wal')).toEqual(['wallet-*', 'wallet-hot-*', 'wallet:*', ...ids.slice(0, 4)]);
    expect(offered('-tkeeper.key.wallet-h')).toEqual(['wallet-hot-*', 'wallet-hot-eu', 'wallet-hot-us']);
    expect(offered('tkeeper.key.x')).toEqual(['x-y']);
    expect(offered('tkeeper.key.hot')).toEqual(['wallet-hot-eu', 'wallet-hot-us']);
  });

  it('replace the segment at the caret alone', () => {
    expect(completionsAt('tkeeper.ke.x.sign', 10, keyIds)).toEqual([{ text: 'key', from: 8, to: 10 }]);
    expect(completionsAt('-tkeeper.key.wal.sign', 14, [])).toEqual([]);
    expect(completionsAt('-tkeeper.key.wal.sign', 14, ['wallet'])).toEqual([
      { text: 'wallet', from: 13, to: 16 },
    ]);
  });

  it('are none behind what cannot be read, before the deny mark, or of what is not known', () => {
    expect(texts('tkeeper.**.')).toEqual([]);
    expect(texts('-tkeeper', 0)).toEqual([]);
    expect(texts('other.')).toEqual([]);
  });

  it('are 50 at most', () => {
    expect(
      completionsAt(
        'tkeeper.key.',
        12,
        Array.from({ length: 99 }, (_, at) => `k${at}`),
      ),
    ).toHaveLength(50);
  });
});

it('has each operation once by its name of today, and each permission once', () => {
  const current = catalogue.filter(({ edition, operation }) => edition === 'current' && operation !== null);
  expect(current.map(({ operation }) => operation)).toEqual([...operationIds]);
  expect(new Set(catalogue.map(({ permission }) => permission)).size).toBe(catalogue.length);
  const first = catalogue.filter(({ edition }) => edition === 'first').map(({ permission }) => permission);
  expect(first.sort()).toEqual(
    ['dkg.generate', 'dkg.generate.overwrite', 'integrity.regen', 'storage.delete', 'system.status'].map(
      (name) => `tkeeper.${name}`,
    ),
  );
  expect(new Set(catalogue.map(({ words }) => words)).size).toBe(operationIds.length + 2);
});

it('takes several roles as one, a deny of any for all, and holds them against tests', () => {
  const rules = combine([
    ['tkeeper.key.*.sign', 'tkeeper.recover'],
    ['-tkeeper.key.master.sign', 'tkeeper.recover'],
  ]);
  expect(rules).toEqual(['tkeeper.key.*.sign', 'tkeeper.recover', '-tkeeper.key.master.sign']);
  const tests = [
    { operation: 'key.sign', keyId: 'master', allowed: false },
    { operation: 'key.sign', keyId: 'hot', allowed: false },
    { operation: 'recover', keyId: null, allowed: true },
  ] as const;
  expect(runTests(holdRules(rules), tests).map(({ passed }) => passed)).toEqual([true, false, true]);
});

it('names the narrowest rule that would do', () => {
  expect(permissionFor('key.sign', 'hot')).toBe('tkeeper.key.hot.sign');
  expect(permissionFor('dkg.create', null)).toBe('tkeeper.dkg.create');
});
