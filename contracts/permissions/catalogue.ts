import { earlierPermissionFor, operationIds, permissionFor, type OperationId } from './operations.ts';
import { patternOf, segmentCovers, type Pattern } from './relations.ts';
import { readRule } from './rule.ts';

/** What stands for a key's id in the permissions of the catalogue. */
export const keyPlaceholder = '{keyId}';

/** A permission that keepers know. */
export interface CatalogueEntry {
  /** With `{keyId}` where a key's id belongs. */
  permission: string;
  /** What is checked for it; null for what nothing is. */
  operation: OperationId | null;
  /** `first`: a name that is no more since 2.0. */
  edition: 'current' | 'first';
  /** What it lets somebody do, as the end of "may …". */
  words: string;
}

const words: Record<OperationId, string> = {
  'key.public': 'read a key’s public half',
  'key.sign': 'sign with a key',
  'key.verify': 'verify signatures of a key',
  'key.encrypt': 'encrypt for a key',
  'key.decrypt': 'decrypt with a key',
  'key.destroy': 'destroy earlier generations of a key',
  'dkg.create': 'create keys',
  'dkg.rotate': 'give keys new material',
  'dkg.refresh': 'renew keys whose public half stays',
  'storage.write': 'import keys',
  'system.init': 'initialize the keeper',
  'system.seal': 'seal the keeper',
  'system.unseal': 'unseal the keeper',
  'integrity.rotate': 'replace the key that signs audit lines',
  'consistency.fix': 'repair keys that nodes disagree on',
  'quorum.promote': 'promote the keeper to more nodes',
  'audit.log.verify': 'verify audit lines',
  'compliance.inventory': 'list all keys with their history',
  'expired.view': 'see what expires and when',
  'control.system': 'see the state of all nodes',
  'control.sinks': 'see where audit lines go',
  recover: 'recover lost shares',
};

/** What an operation is, as the end of "may …". */
export function operationWords(operation: OperationId): string {
  return words[operation];
}

/** Known to keepers, and checked nowhere. */
const unchecked: readonly CatalogueEntry[] = [
  {
    ...{ permission: 'tkeeper.system.health', operation: null, edition: 'current' },
    words: 'see whether the keeper is healthy (everybody may)',
  },
  {
    ...{ permission: 'tkeeper.system.status', operation: null, edition: 'first' },
    words: 'see the keeper’s state (everybody signed in may)',
  },
];

/** All that rules can be about, both editions: those of today first. */
export const catalogue: readonly CatalogueEntry[] = [
  ...operationIds.map((operation): CatalogueEntry => ({
    ...{ permission: permissionFor(operation, keyPlaceholder), operation, edition: 'current' },
    words: words[operation],
  })),
  ...operationIds.flatMap((operation): CatalogueEntry[] => {
    const permission = earlierPermissionFor(operation);
    return permission === null ? [] : [{ permission, operation, edition: 'first', words: words[operation] }];
  }),
  ...unchecked,
];

/** The catalogue with its permissions read; `keyAt` counts segments, and is -1 where none is a key's id. */
export const knownPatterns: readonly { entry: CatalogueEntry; pattern: Pattern; keyAt: number }[] =
  catalogue.map((entry) => {
    const parts = entry.permission.split('.');
    return { entry, pattern: patternOf(entry.permission) ?? [], keyAt: parts.indexOf(keyPlaceholder) };
  });

export interface Completion {
  /** What takes the place of the line from `from` to `to`, in UTF-16 units. */
  text: string;
  from: number;
  to: number;
}

const completionsMax = 50;

/**
 * What the segment at the caret could become, from the catalogue and the ids of real keys: what begins with what stands
 * before the caret first, then key ids that have it inside. Where several ids begin alike, all of these by a star, too. At
 * most 50.
 *
 * @param line - One rule, maybe unfinished.
 * @param caret - In UTF-16 units from its start.
 */
export function completionsAt(line: string, caret: number, keyIds: readonly string[]): Completion[] {
  const start = line.startsWith('-') ? 1 : 0;
  if (caret < start) return [];
  const before = line.slice(start, caret).split('.');
  const typed = before.pop() ?? '';
  const from = caret - typed.length;
  const nextDot = line.indexOf('.', caret);
  const to = nextDot === -1 ? line.length : nextDot;
  const read = before.length === 0 ? null : readRule(before.join('.'));
  if (read?.problem) return [];
  const stem = read?.rule.segments ?? [];
  const found = new Set<string>();
  for (const { pattern, keyAt } of knownPatterns) {
    const here = pattern[stem.length];
    if (here?.kind !== 'exact' || !leadsTo(stem, pattern, keyAt)) continue;
    const dot = stem.length < pattern.length - 1 && nextDot === -1 ? '.' : '';
    const choices =
      stem.length === keyAt
        ? beginningFirst(['*', ...commonBeginnings(keyIds, typed), ...keyIds], typed)
        : [here.text].filter((text) => text.startsWith(typed));
    for (const choice of choices) found.add(choice + dot);
  }
  return [...found].slice(0, completionsMax).map((text) => ({ text, from, to }));
}

/** Whether a beginning of a rule is one for this permission of the catalogue. */
function leadsTo(stem: Pattern, pattern: Pattern, keyAt: number): boolean {
  return stem.every((segment, at) => {
    const known = pattern[at];
    return known !== undefined && (at === keyAt || segmentCovers(segment, known));
  });
}

/** `wallet-*` where at least two of the ids begin with `wallet-`: one for each beginning up to a hyphen or the colon. */
function commonBeginnings(keyIds: readonly string[], typed: string): string[] {
  const counts = new Map<string, number>();
  for (const id of keyIds) {
    if (!id.startsWith(typed)) continue;
    for (const { index } of id.matchAll(/[-:]/gu)) {
      const beginning = id.slice(0, index + 1);
      counts.set(beginning, (counts.get(beginning) ?? 0) + 1);
    }
  }
  return [...counts].flatMap(([beginning, count]) => (count > 1 ? [`${beginning}*`] : []));
}

function beginningFirst(choices: readonly string[], typed: string): string[] {
  const starting = choices.filter((choice) => choice.startsWith(typed));
  const inside = choices.filter((choice) => !choice.startsWith(typed) && choice.includes(typed));
  return [...starting, ...inside];
}
