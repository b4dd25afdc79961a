import { printable } from '../../../../contracts/domain/printable.ts';
import type { Decision } from '../../../../contracts/permissions/decision.ts';
import { isOfKey, operationIds, type OperationId } from '../../../../contracts/permissions/operations.ts';
import { decisionWords } from '../model/words.ts';

type Section = 'keys' | 'keeper';

export const sectionWords: Readonly<Record<Section, string>> = { keys: 'With a key', keeper: 'With none' };

const ofKeys = operationIds.filter(isOfKey);
const ofKeeper = operationIds.filter((operation) => !isOfKey(operation));

/** The operations in the order of their rows. */
export const rows: readonly OperationId[] = [...ofKeys, ...ofKeeper];

/** All lines below the head: rows by their place, with a title before each kind. */
export const lines: readonly ({ section: Section } | { row: number })[] = [
  { section: 'keys' },
  ...ofKeys.map((_, row) => ({ row })),
  { section: 'keeper' },
  ...ofKeeper.map((_, row) => ({ row: ofKeys.length + row })),
];

/** What a line that may be added changes in a cell. */
export function changeOf(before: Decision | null, after: Decision | null): 'gained' | 'lost' | null {
  if (before === null || after === null || before.allowed === after.allowed) return null;
  return after.allowed ? 'gained' : 'lost';
}

/** A cell in words, as screen readers say it. */
export function cellWords(decision: Decision | null, change: 'gained' | 'lost' | null): string {
  if (decision === null) return 'not known';
  const by = 'by' in decision ? ` by ${printable(decision.by.text, Infinity)}` : '';
  const words = `${decisionWords(decision).toLowerCase()}${by}`;
  return change === null ? words : `${words}, ${change} with the line`;
}
