import type { RuleFinding } from '../../../../contracts/permissions/analysis.ts';
import type { Decision } from '../../../../contracts/permissions/decision.ts';
import { isOfKey, type OperationId } from '../../../../contracts/permissions/operations.ts';
import { reachOf } from '../../../../contracts/permissions/reach.ts';
import { ruleLengthMax, type Rule, type RuleProblemReason } from '../../../../contracts/permissions/rule.ts';
import { counted } from '../../../lib/format.ts';
import type { KnownKeys } from './known-keys.ts';

/** What stands between a rule and being read. */
const problemWords: Readonly<Record<RuleProblemReason, string>> = {
  empty: 'Nothing follows the minus',
  too_long: `Longer than ${ruleLengthMax.toLocaleString('en')} characters`,
  white_space: 'A space: rules have none',
  empty_segment: 'An empty segment: one dot too many',
  deep_wildcard: '** is not allowed: write one segment for each *',
  many_wildcards: 'More than one * in a segment',
};

/** What a line that cannot be read does to a role, as the end of a sentence. */
export const refusedWords = 'cannot be read: a keeper then grants nothing at all';

/** Why a text is no key's id. */
export const noKeyIdWords = 'No key can be called that.';

/** What is to be known about a rule, in a sentence without its full stop. `lineOf`: the line of a rule, from 1. */
export function findingWords(
  finding: RuleFinding,
  isDeny: boolean,
  lineOf: (rule: number) => number,
): string {
  const by = `line ${lineOf(finding.by ?? 0).toLocaleString('en')}`;
  switch (finding.kind) {
    case 'unreadable':
      return finding.problem === undefined ? 'Cannot be read' : problemWords[finding.problem.reason];
    case 'look_alike':
      return finding.looksLike === undefined || finding.looksLike === ''
        ? 'A character that is not to be seen'
        : `A letter that only looks like ${finding.looksLike}`;
    case 'duplicate':
      return `The same as ${by}`;
    case 'inert':
      return 'Matches nothing that a keeper checks';
    case 'shadowed':
      return `Grants nothing: ${by} denies all of it`;
    case 'redundant':
      return `${by.replace('l', 'L')} ${isDeny ? 'denies' : 'grants'} all of this already`;
    case 'overrides_nothing':
      return 'Denies what no line grants';
  }
}

/** What a rule that can be read is about, as far as the keys are known. */
export function reachWords(rule: Rule, { ids, state }: KnownKeys): string {
  const { keys, ofKeys, future, operations } = reachOf(rule, ids);
  const verb = rule.effect === 'deny' ? 'denies' : 'matches';
  const several = counted(operations.length, 'operation');
  if (!ofKeys) return operations.length === 0 ? '' : `${verb} ${several}`;
  const more = operations.length > 1 ? ` · ${several}` : '';
  if (state !== 'all' && state !== 'some')
    return `${verb} ${future && hasStar(rule) ? 'keys by name' : 'one key'}, not looked up${more}`;
  const of = `${keys.length.toLocaleString('en')} of ${counted(ids.length, 'key')}`;
  return `${verb} ${of}${state === 'some' ? ' that were read' : ''}${future ? ', and future ones' : ''}${more}`;
}

function hasStar({ segments }: Rule): boolean {
  return segments.some(({ kind }) => kind !== 'exact');
}

/** An operation as rules name it: `sign`, `dkg.rotate`. */
export function operationName(operation: OperationId): string {
  return isOfKey(operation) ? operation.slice('key.'.length) : operation;
}

/** What was decided, in a word or two. */
export function decisionWords({ because }: Decision): string {
  return { granted: 'Allowed', denied: 'Denied', not_granted: 'Not granted', bad_rule: 'Refused' }[because];
}
