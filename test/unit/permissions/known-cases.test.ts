import { describe, expect, it } from 'vitest';
import { holdRules } from '../../../contracts/permissions/decision.ts';
import { oracleDecide } from './oracle.ts';

const keyed = (action: string, ...ids: string[]): string[] => ids.map((id) => `tkeeper.key.${id}.${action}`);
const signing = (...ids: string[]): string[] => keyed('sign', ...ids);

/** One rule, what it grants and what it does not. */
const matching: readonly { rule: string; grants: readonly string[]; leaves: readonly string[] }[] = [
  {
    rule: 'tkeeper.key.wallet-hot.sign',
    grants: signing('wallet-hot'),
    leaves: [...keyed('decrypt', 'wallet-hot'), 'tkeeper.key.wallet-hot'],
  },
  { rule: 'tkeeper.key.wallet-hot', grants: ['tkeeper.key.wallet-hot'], leaves: signing('wallet-hot') },
  {
    rule: 'tkeeper.key.*.sign',
    grants: signing('wallet-hot', 'master-root', 'anything'),
    leaves: [...signing('ns1.wallet-hot', 'a.b', ''), 'tkeeper.key.sign', 'tkeeper', ''],
  },
  {
    rule: 'tkeeper.*.*.sign',
    grants: [...signing('wallet-hot'), 'tkeeper.whatever.anything.sign'],
    leaves: ['tkeeper.key.sign'],
  },
  {
    rule: 'tkeeper.key.wallet:*.sign',
    grants: signing('wallet:hot', 'wallet:cold', 'wallet:btc-prod', 'wallet:'),
    leaves: signing('vault:hot', 'master:root', 'wallet'),
  },
  {
    rule: 'tkeeper.key.*-hot.sign',
    grants: signing('wallet-hot', 'vault-hot', 'custody-btc-hot'),
    leaves: signing('wallet-cold', 'hot', 'hot-wallet'),
  },
  {
    rule: 'tkeeper.key.custody-*-prod.sign',
    grants: signing('custody-btc-prod', 'custody-eth-prod', 'custody-sol-v2-prod', 'custody--prod'),
    leaves: signing('custodyprod', 'custody-prod', 'custody-btc-staging', 'wallet-btc-prod'),
  },
  { rule: 'ab*cd', grants: ['abcd', 'ab-cd'], leaves: ['abc', 'acd', 'ABcd'] },
  { rule: 'ab*ba', grants: ['abba', 'ab-ba'], leaves: ['aba'] },
  { rule: 'x*', grants: ['x', 'xy'], leaves: ['', 'yx'] },
  {
    rule: 'tkeeper.key.wallet-*.sign',
    grants: signing('wallet-hot', 'wallet-cold'),
    leaves: signing('master-root'),
  },
  {
    rule: 'tkeeper.key.custody-*.decrypt',
    grants: keyed('decrypt', 'custody-btc'),
    leaves: signing('custody-btc'),
  },
  { rule: 'tkeeper.key.*.public', grants: keyed('public', 'anything'), leaves: signing('anything') },
  { rule: 'tkeeper.system.unseal', grants: ['tkeeper.system.unseal'], leaves: ['tkeeper.system.seal'] },
  { rule: 'tkeeper.dkg.gg20', grants: ['tkeeper.dkg.gg20'], leaves: ['tkeeper.dkg.frost'] },
  // A wildcard or `-` where the deny mark of a rule stands denies nothing by itself.
  { rule: '*.a', grants: ['tkeeper.a', '-tkeeper.a'], leaves: ['a'] },
];

/** Several rules, what they grant and what they do not. */
const sets: readonly { rules: readonly string[]; grants: readonly string[]; leaves: readonly string[] }[] = [
  {
    rules: ['tkeeper.key.*.sign', '-tkeeper.key.master-root.sign'],
    grants: signing('wallet-hot'),
    leaves: signing('master-root'),
  },
  {
    rules: ['-tkeeper.key.master-*.sign', 'tkeeper.key.*.sign'],
    grants: signing('wallet-hot'),
    leaves: signing('master-root', 'master-backup'),
  },
  { rules: [], grants: [], leaves: signing('wallet-hot') },
  {
    rules: ['-tkeeper.key.*.destroy'],
    grants: [],
    leaves: [...keyed('destroy', 'wallet-hot'), ...signing('wallet-hot')],
  },
  {
    rules: ['tkeeper.key.wallet-*.sign', 'tkeeper.key.wallet-*.public', '-tkeeper.key.*.destroy'],
    grants: [...signing('wallet-hot'), ...keyed('public', 'wallet-cold')],
    leaves: [...keyed('destroy', 'wallet-hot'), ...keyed('decrypt', 'wallet-hot')],
  },
  {
    rules: [
      ...['tkeeper.key.*.public', 'tkeeper.key.*.verify'],
      ...['tkeeper.audit.log.verify', 'tkeeper.compliance.inventory'],
    ],
    grants: [...keyed('public', 'master-root'), ...keyed('verify', 'wallet-hot'), 'tkeeper.audit.log.verify'],
    leaves: [...signing('wallet-hot'), ...keyed('destroy', 'wallet-hot')],
  },
];

const all = [...matching.map(({ rule, ...rest }) => ({ rules: [rule], ...rest })), ...sets];

describe.each(all)('$rules', ({ rules, grants, leaves }) => {
  it('grants what it names and nothing else, as the oracle has it', () => {
    const held = holdRules(rules);
    const granted = [...grants, ...leaves].filter((permission) => held.decide(permission).allowed);
    expect(granted).toEqual(grants);
    expect([...grants, ...leaves].filter((permission) => oracleDecide(rules, permission).allowed)).toEqual(
      grants,
    );
  });
});

it.each([
  { text: 'tkeeper.key.**.sign', problem: { reason: 'deep_wildcard', at: 12, length: 2 } },
  { text: '-tkeeper.key.a*b*c.sign', problem: { reason: 'many_wildcards', at: 13, length: 5 } },
  { text: 'tkeeper..sign', problem: { reason: 'empty_segment', at: 8, length: 0 } },
  { text: 'tkeeper.key.', problem: { reason: 'empty_segment', at: 12, length: 0 } },
  { text: '-.a', problem: { reason: 'empty_segment', at: 1, length: 0 } },
  { text: ' tkeeper.recover', problem: { reason: 'white_space', at: 0, length: 1 } },
  { text: 'tkeeper.\u00a0x', problem: { reason: 'white_space', at: 8, length: 1 } },
  { text: '', problem: { reason: 'empty', at: 0, length: 0 } },
  { text: '-', problem: { reason: 'empty', at: 1, length: 0 } },
  { text: 'a'.repeat(1025), problem: { reason: 'too_long', at: 1024, length: 1 } },
])('refuses $text, and then grants nothing', ({ text, problem }) => {
  const held = holdRules(['*', text, '**']);
  expect(held.bad[0]).toEqual({ index: 1, text, problem });
  expect(held.decide('a')).toEqual({ allowed: false, because: 'bad_rule', bad: held.bad[0] });
});

it('finds its way among 10,000 rules, nested ones and one of the longest', () => {
  const longest = `tkeeper.key.${'a'.repeat(1024 - 17)}.sign`;
  const nested = Array.from(
    { length: 9998 },
    (_, at) => `tkeeper.key.${'b'.repeat(at % 100)}*${'b'.repeat(Math.floor(at / 100))}.sign`,
  );
  const held = holdRules([longest, ...nested.slice(1), '-tkeeper.key.bbb*c.sign']);
  expect(held.decide(longest)).toMatchObject({ because: 'granted', by: { text: longest } });
  expect(held.decide('tkeeper.key.bbbb.sign')).toMatchObject({ by: { text: 'tkeeper.key.b*.sign' } });
  expect(held.decide('tkeeper.key.bbbc.sign')).toMatchObject({ because: 'denied' });
  expect(held.decide('tkeeper.key.c.sign')).toEqual({ allowed: false, because: 'not_granted' });
});
