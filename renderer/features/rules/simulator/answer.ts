import { combine } from '../../../../contracts/permissions/effects.ts';
import { holdRules, type Decision, type HeldRules } from '../../../../contracts/permissions/decision.ts';
import { decideOperation, type OperationId } from '../../../../contracts/permissions/operations.ts';
import type { Subject } from './subjects.ts';

/** What was asked about: some subjects together. */
export interface Asked {
  subjects: readonly Subject[];
  /** Their rules, each once; null where those of somebody are not known. */
  texts: readonly string[] | null;
  held: HeldRules | null;
  /** With the line that may be added; null where there is none, or it cannot be read. */
  after: HeldRules | null;
}

export function ask(subjects: readonly Subject[], line: string): Asked {
  const rules = subjects.flatMap((subject) => (subject.rules === null ? [] : [subject.rules]));
  if (subjects.length === 0 || rules.length < subjects.length)
    return { subjects, texts: null, held: null, after: null };
  const texts = combine(rules.map((lines) => lines.map(({ text }) => text)));
  return {
    ...{ subjects, texts },
    held: holdRules(texts),
    after: line === '' ? null : holdRules([...texts, line]),
  };
}

/** What is decided of an operation; null where nobody knows. */
export function answerTo(
  held: HeldRules | null,
  operation: OperationId,
  keyId: string | null,
): Decision | null {
  return held === null ? null : decideOperation(held, operation, keyId);
}

/** Where a rule stands: `line 3 of Custody operator`, `My token`. */
export function placeOf(text: string, subjects: readonly Subject[]): string {
  for (const { name, rules, hasLines } of subjects) {
    const found = rules?.find((rule) => rule.text === text);
    if (found !== undefined)
      return hasLines ? `line ${(found.line + 1).toLocaleString('en')} of ${name}` : name;
  }
  return 'the line to be added';
}
