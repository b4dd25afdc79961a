import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { analyse, type RuleFinding } from '../../../contracts/permissions/analysis.ts';
import { catalogue } from '../../../contracts/permissions/catalogue.ts';
import { holdRules } from '../../../contracts/permissions/decision.ts';
import { effectsOf } from '../../../contracts/permissions/effects.ts';
import { decideOperation, isOfKey, operationIds } from '../../../contracts/permissions/operations.ts';
import { overriddenBy, reachOf } from '../../../contracts/permissions/reach.ts';
import { readRule } from '../../../contracts/permissions/rule.ts';
import { oracleDecide, oracleMatches, oracleMay, oracleRead } from './oracle.ts';

/** Few letters, so that rules and permissions meet often. */
const word = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 2 });
const starred = fc.tuple(word, word).map(([prefix, suffix]) => `${prefix}*${suffix}`);
const odd = fc.constantFrom('', '**', 'a*b*c', 'a b', '\u00a0', '***', '*a*', 'а', '-a', 'a\n', '\ufeff');
const good = fc.oneof(
  { weight: 3, arbitrary: starred },
  word.map((text) => (text === '' ? 'ab' : text)),
);
const body = (segment: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('.'));
const sign = fc.constantFrom('', '', '-');
const rule = fc.tuple(sign, body(good)).map((parts) => parts.join(''));
const anyRule = fc.oneof(
  ...[
    fc.tuple(sign, body(fc.oneof(good, odd))).map((parts) => parts.join('')),
    fc.string(),
    fc.constant('-'),
  ],
  fc.string({ unit: fc.constantFrom('a', '.', '*', '-', ' '), maxLength: 8 }),
);
const permission = fc.oneof(
  { weight: 8, arbitrary: body(fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 4 })) },
  fc.string(),
);

/** Rules that hold, and one that is asked for. */
export const decisionCases = fc.record({
  texts: fc.array(rule, { maxLength: 12 }),
  permission,
  added: rule,
  seed: fc.nat(),
});

/** The rule that decides is the oracle's, and order, further denies and fewer allows do what they must. */
export function checkDecision({ texts, permission, added, seed }: Value<typeof decisionCases>): void {
  const held = holdRules(texts);
  const decision = held.decide(permission);
  const oracle = oracleDecide(texts, permission);
  assert.equal(decision.because, oracle.because);
  assert.equal(decision.allowed, oracle.allowed);
  if ('by' in decision && 'text' in oracle) assert.equal(decision.by, held.rules[oracle.index]);
  const denied = holdRules([...texts, added.startsWith('-') ? added : `-${added}`]);
  if (!decision.allowed) assert.equal(denied.decide(permission).allowed, false);
  const allows = texts.filter((text) => !text.startsWith('-'));
  const gone = texts.indexOf(allows[seed % Math.max(1, allows.length)] ?? '');
  if (!decision.allowed)
    assert.equal(holdRules(texts.filter((_, at) => at !== gone)).decide(permission).allowed, false);
  const turn = seed % Math.max(1, texts.length);
  const moved = [...texts.slice(turn), ...texts.slice(0, turn)].reverse();
  assert.equal(holdRules(moved).decide(permission).allowed, decision.allowed);
}

export const refusalCases = fc.record({ texts: fc.array(anyRule, { maxLength: 4 }), permission });

/** What cannot be read is refused for the oracle's reason at its place, and then nothing is granted. */
export function checkRefusals({ texts, permission }: Value<typeof refusalCases>): void {
  const held = holdRules(texts);
  const refused = texts.flatMap((text, index) => {
    const { refusal } = oracleRead(text);
    return refusal === null ? [] : [{ index, text, problem: refusal }];
  });
  assert.deepEqual(held.bad, refused);
  const decision = held.decide(permission);
  const oracle = oracleDecide(texts, permission);
  assert.equal(decision.allowed, oracle.allowed);
  assert.equal(decision.because, oracle.because);
  if (decision.because === 'bad_rule') assert.deepEqual(decision.bad, refused[0]);
}

/** Letters of keys and actions that no rule below has make the others of what it speaks of; so few stand for all there are. */
const ends = ['', 'a', 'b'];
const keyWords = [
  ...new Set([
    'a',
    'b',
    'aa',
    'ab',
    'ba',
    'bb',
    ...ends.flatMap((one) => ends.map((two) => `${one}z${two}`)),
  ]),
];
const longerWords = ends.flatMap((one) => ends.map((two) => `${one}zzz${two}`));
const actionWords = ['sign', 'verify', 'sqn', 'sqq', 'qqn', 'qqq', 'qzz', 'szz', 'sqzz'];
const universe = [
  ...[...keyWords, 'A', 'Aa', 'Ab', 'Az', 'Aza', 'Azb'].flatMap((key) =>
    actionWords.map((action) => `tkeeper.key.${key}.${action}`),
  ),
  ...['tkeeper.key.a', 'tkeeper.key.zzz', 'tkeeper.dkg.create', 'tkeeper.dkg.generate', 'tkeeper.dkg.zzz'],
  ...['tkeeper.storage.delete', 'tkeeper.system.seal', 'tkeeper.system.status', 'tkeeper.recover'],
  ...['tkeeper.zzz.zzz', 'tkeeper.zzz', 'tkeeper.system.szz', 'a'],
];
const keyPart = fc.oneof(
  fc.tuple(fc.constantFrom(...ends), fc.constantFrom(...ends)).map(([one, two]) => `${one}*${two}`),
  fc.constantFrom('a', 'b', 'ab', 'ba'),
);
const actionPart = fc.constantFrom('sign', 'verify', '*', 's*', '*n', 's*n', '*zz');
const keeperRule = fc
  .tuple(
    sign,
    fc.oneof(
      {
        weight: 8,
        arbitrary: fc.tuple(keyPart, actionPart).map(([key, action]) => `tkeeper.key.${key}.${action}`),
      },
      fc.constantFrom(
        ...[
          'tkeeper.key.*',
          'tkeeper.key.A*.sign',
          'tkeeper.dkg.*',
          'tkeeper.dkg.create',
          'tkeeper.storage.delete',
        ],
        ...['tkeeper.dkg.generate', 'tkeeper.*.*', 'tkeeper.system.s*', 'tkeeper.recover', 'tkeeper.*', 'a'],
      ),
    ),
  )
  .map((parts) => parts.join(''));

export const keeperCases = fc.record({
  texts: fc.array(keeperRule, { maxLength: 8 }),
  after: fc.array(keeperRule, { maxLength: 5 }),
  keyIds: fc.subarray(keyWords, { maxLength: 6 }),
});

/** Remembers what was worked out for a rule's body: the few rules here come back thousands of times. */
function remembered<Of>(work: (body: string) => Of): (body: string) => Of {
  const known = new Map<string, Of>();
  return (body) => {
    const of = known.get(body) ?? work(body);
    known.set(body, of);
    return of;
  };
}

const matchedBy = remembered((body) => new Set(universe.filter((one) => oracleMatches(body, one))));

const isKnown = remembered((body) =>
  catalogue.some(({ permission }) =>
    keyWords.some((key) => oracleMatches(body, permission.replace('{keyId}', key))),
  ),
);

/** The keys, longer ones too, and the operations that a rule's body speaks of. */
const reachedBy = remembered((text) => {
  const isDeny = text.startsWith('-');
  const body = text.replace(/^-/, '');
  return {
    keys: new Set(
      [...keyWords, ...longerWords].filter((key) =>
        catalogue.some(
          ({ permission }) =>
            permission.includes('{keyId}') && oracleMatches(body, permission.replace('{keyId}', key)),
        ),
      ),
    ),
    operations: operationIds.filter((operation) =>
      catalogue.some(
        (entry) =>
          entry.operation === operation &&
          // A star allows nothing by an earlier name.
          (isDeny || entry.edition === 'current' || entry.permission === body) &&
          keyWords.some((key) => oracleMatches(body, entry.permission.replace('{keyId}', key))),
      ),
    ),
  };
});

function isWithin(ones: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return [...ones].every((one) => others.has(one));
}

function haveCommon(ones: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return [...ones].some((one) => others.has(one));
}

const earlier = catalogue.filter(({ edition, operation }) => edition === 'first' && operation !== null);
const earlierGrants = new Set(earlier.map(({ permission }) => permission));
const renamed = earlier.flatMap(({ operation }) => operation ?? []);

/** By deny and grant: the few rules here come back thousands of times. */
const taken = new Map<string, boolean>();

/** Whether somebody who has a grant may do less with a deny rule beside it. */
function takesFrom(deny: string, grant: string): boolean {
  const pair = `${deny} ${grant}`;
  const known = taken.get(pair);
  if (known !== undefined) return known;
  const isTaken = operationIds.some((operation) =>
    (isOfKey(operation) ? keyWords : [null]).some(
      (keyId) => oracleMay([grant], operation, keyId) && !oracleMay([grant, deny], operation, keyId),
    ),
  );
  taken.set(pair, isTaken);
  return isTaken;
}

/** What is said of rules is so, and all that is so is said: tried on all permissions, with and without each rule. */
export function checkAnalysis({ texts, keyIds }: Value<typeof keeperCases>): void {
  const rules = texts.map((text, index) => {
    const isDeny = text.startsWith('-');
    const body = isDeny ? text.slice(1) : text;
    return { index, text, isDeny, body, matched: matchedBy(body) };
  });
  const expected: RuleFinding[] = rules.flatMap((one): RuleFinding[] => {
    const { index, text, isDeny, body, matched } = one;
    const same = texts.indexOf(text);
    if (same < index) return [{ index, kind: 'duplicate', by: same }];
    if (!isKnown(body)) return [{ index, kind: 'inert' }];
    const others = rules.filter((other) => other.text !== text);
    const denied = new Set(others.filter((other) => other.isDeny).flatMap((other) => [...other.matched]));
    const allowed = new Set(others.filter((other) => !other.isDeny).flatMap((other) => [...other.matched]));
    const first = (wantsDeny: boolean): number =>
      others.find((other) => other.isDeny === wantsDeny && isWithin(matched, other.matched))?.index ?? -1;
    if (isWithin(matched, denied))
      return [{ index, kind: isDeny ? 'redundant' : 'shadowed', by: first(true) }];
    const isEarlier = catalogue.some(
      ({ permission, edition, operation }) =>
        edition === 'first' && operation !== null && permission === text,
    );
    if (!isDeny)
      return isWithin(matched, allowed) && !isEarlier ? [{ index, kind: 'redundant', by: first(false) }] : [];
    const isOfEarlier = catalogue.some(
      ({ permission, edition, operation }) =>
        edition === 'first' && operation !== null && oracleMatches(body, permission),
    );
    const isOfUse =
      haveCommon(matched, allowed) ||
      isOfEarlier ||
      texts.some((other) => earlierGrants.has(other) && takesFrom(text, other));
    return isOfUse ? [] : [{ index, kind: 'overrides_nothing' }];
  });
  const findings = analyse(texts, keyIds);
  assert.deepEqual(findings, expected);
  const needless = new Set(findings.filter(({ kind }) => kind !== 'inert').map(({ index }) => index));
  const needed = texts.filter((_, index) => !needless.has(index));
  const before = holdRules(texts);
  const after = holdRules(needed);
  for (const one of universe) assert.equal(after.decide(one).allowed, before.decide(one).allowed);
  // Nor are they needed for operations, which may have two names.
  for (const operation of renamed)
    for (const keyId of isOfKey(operation) ? [...keyIds, 'zza'] : [null])
      assert.equal(
        decideOperation(after, operation, keyId).allowed,
        oracleMay(texts, operation, keyId),
        `${operation} ${keyId ?? ''}`,
      );
}

/** Gains, losses and reach are what asking for each operation on each key says. */
export function checkEffects({ texts, after, keyIds }: Value<typeof keeperCases>): void {
  const effects = operationIds.flatMap((operation) =>
    (isOfKey(operation) ? keyIds : [null]).map((keyId) => ({ operation, keyId })),
  );
  const may = (rules: readonly string[], { operation, keyId }: (typeof effects)[number]): boolean =>
    oracleMay(rules, operation, keyId);
  assert.deepEqual(effectsOf(holdRules(texts), holdRules(after), keyIds), {
    gained: effects.filter((one) => !may(texts, one) && may(after, one)),
    lost: effects.filter((one) => may(texts, one) && !may(after, one)),
  });
  for (const text of texts) checkReach(text, texts, keyIds);
}

function checkReach(text: string, texts: readonly string[], keyIds: readonly string[]): void {
  const { rule } = readRule(text);
  if (rule === null) throw new Error(`${text} is not read.`);
  const { keys, operations } = reachedBy(text);
  assert.deepEqual(reachOf(rule, keyIds), {
    keys: keyIds.filter((key) => keys.has(key)),
    ofKeys: keys.size > 0,
    future: [...keys].some((key) => !keyIds.includes(key)),
    operations,
  });
  if (!text.startsWith('-')) return;
  assert.deepEqual(
    overriddenBy(rule, holdRules(texts).rules, []).map((one) => one.text),
    texts.filter((other) => !other.startsWith('-') && takesFrom(text, other)),
  );
}

type Value<Cases> = Cases extends fc.Arbitrary<infer Of> ? Of : never;
