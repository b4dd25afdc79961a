import { printable } from '../../../contracts/domain/printable.ts';
import { doubtfulRule, holdRules, type Decision } from '../../../contracts/permissions/decision.ts';
import {
  decideOperation,
  permissionFor,
  type OperationId,
} from '../../../contracts/permissions/operations.ts';
import type { Answer } from '../../lib/api.ts';

export type KeeperStanding = Answer<'remoteKeys', 'standing'>;

/** Why something cannot be done, in a sentence; null where nothing speaks against it. */
export type Reason = string | null;

/** Why the caller may not do it. @param keyId - Of the key that it is about; null for what is about none. */
export type Allowance = (operation: OperationId, keyId: string | null) => Reason;

/**
 * What somebody may do by the rules that their keeper sent. Where these are not all, or keepers read one in two ways, nothing
 * is said to be forbidden: the keeper decides.
 */
export function allowanceOf({
  permissions,
  isAll,
}: Pick<KeeperStanding, 'permissions' | 'isAll'>): Allowance {
  if (!isAll) return () => null;
  const held = holdRules(permissions);
  if (doubtfulRule(held) !== null) return () => null;
  return (operation, keyId) =>
    reasonOf(decideOperation(held, operation, keyId), permissionFor(operation, keyId));
}

function reasonOf(decision: Decision, permission: string): Reason {
  switch (decision.because) {
    case 'granted':
      return null;
    case 'denied':
      return `Needs ${permission}, which your rule ${unbroken(decision.by.text)} denies.`;
    case 'not_granted':
      return `Needs ${permission}. None of your rules grants it.`;
    case 'bad_rule':
      return `Needs ${permission}. ${badRuleWords(decision.bad.text)}`;
  }
}

/** One rule that a keeper cannot read takes all of them. */
export const badRuleWords = (rule: string): string =>
  `Your rule “${unbroken(rule)}” cannot be read, so that none of them grants anything.`;

/** One rule that keepers read in two ways. */
export const doubtfulRuleWords = (rule: string): string =>
  `Your rule “${unbroken(rule)}” is read by some keepers. Others refuse it, and all the others with it.`;

/** A line does not break behind the sign of a deny rule: a word joiner holds them together. */
function unbroken(rule: string): string {
  return printable(rule, Infinity).replace(/^-/, '-\u2060');
}
