import type { Decision, HeldRules } from './decision.ts';
import { decideOperation, isOfKey, operationIds, type OperationId } from './operations.ts';

/** An operation that somebody may do, on a key where it is about one. */
export interface Effect {
  operation: OperationId;
  keyId: string | null;
}

/** Who holds one set of rules instead of another gains and loses so much, among these keys; by operation, then by key. */
export function effectsOf(
  before: HeldRules,
  after: HeldRules,
  keyIds: readonly string[],
): { gained: Effect[]; lost: Effect[] } {
  const gained: Effect[] = [];
  const lost: Effect[] = [];
  for (const operation of operationIds) {
    for (const keyId of isOfKey(operation) ? keyIds : [null]) {
      const was = decideOperation(before, operation, keyId).allowed;
      const is = decideOperation(after, operation, keyId).allowed;
      if (was !== is) (is ? gained : lost).push({ operation, keyId });
    }
  }
  return { gained, lost };
}

/** The rules of several roles at once, each once: a deny in any of them holds for all. */
export function combine(sets: readonly (readonly string[])[]): string[] {
  return [...new Set(sets.flat())];
}

/** What must be so whatever else the rules say. */
export interface RuleTest extends Effect {
  allowed: boolean;
}

export interface TestResult<Test extends RuleTest> {
  test: Test;
  passed: boolean;
  decision: Decision;
}

/** Holds rules against what must be so. */
export function runTests<Test extends RuleTest>(held: HeldRules, tests: readonly Test[]): TestResult<Test>[] {
  return tests.map((test) => {
    const decision = decideOperation(held, test.operation, test.keyId);
    return { test, passed: decision.allowed === test.allowed, decision };
  });
}
