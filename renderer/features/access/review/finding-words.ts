import type { PreparedChange } from '../../../../contracts/ipc/access.ts';
import type { AccessFinding } from '../../../../contracts/ipc/access-review.ts';
import { reviewRules, type ReviewKind } from '../../../../contracts/server-api/access/review.ts';
import { andWords, counted, dateWords } from '../../../lib/format.ts';
import { nameWords, termsWords } from '../model/change-words.ts';
import { bitsOf } from '../model/levels.ts';
import { cellKey } from '../model/pending.ts';

interface KindWords {
  title: string;
  /** Why it is worth a look: what is so, not whose fault it would be. */
  why: string;
}

const { unusedDays, endingDays, extendedDays, admins } = reviewRules;

export const kindWords: Readonly<Record<ReviewKind, KindWords>> = {
  unused_write: {
    title: 'Push that is not used',
    why: `Given at least ${unusedDays} days ago, and nobody whom it is for has pushed in ${unusedDays} days. Where nobody needs it, pull is enough.`,
  },
  ending: {
    title: 'Grants that end soon',
    why: `They end within ${endingDays} days. Where somebody still needs one, it can last for another ${extendedDays} days.`,
  },
  beside_group: {
    title: 'Grants beside a group',
    why: 'A group has the same or more there, and these people are not in it. They may have left it, or belong in it.',
  },
  bot_without_key: {
    title: 'Bots without a key',
    why: 'No key of these bots counts any more, so they cannot use what they are given.',
  },
  many_admins: {
    title: 'Repositories with many admins',
    why: `More than ${admins} people administer each of these, beside the owners. Whoever was given admin last would keep delete.`,
  },
};

/** Names a finding among those of its kind. */
export function findingId({ repository, grant }: AccessFinding): string {
  return cellKey(grant?.principal.reference ?? '', repository);
}

/** What is so, since when. `now` in ms. */
export function factWords(kind: ReviewKind, finding: AccessFinding, now: number): string {
  const { grant, group, admins: people } = finding;
  if (grant === null) return people === null ? '' : `${counted(people, 'admin')} beside the owners`;
  const { givenAt, until, pulled, pushed } = grant;
  const given = `given ${dateWords(givenAt, now)}`;
  switch (kind) {
    case 'unused_write': {
      if (grant.principal.kind === 'group') return given;
      if (pushed !== null) return `${given}, last pushed ${dateWords(pushed, now)}`;
      return pulled === null ? `${given}, no use noted` : `${given}, last pulled ${dateWords(pulled, now)}`;
    }
    case 'ending':
      return until === null ? given : `ends ${dateWords(until, now)}`;
    case 'beside_group':
      return group === null ? given : `${given}; ${nameWords(group)} has as much`;
    case 'bot_without_key':
    case 'many_admins':
      return given;
  }
}

/** Changes of one finding that are named. */
const namedMax = 3;

/**
 * What would be prepared, in words: `pull`, `no grant of their own`; of several changes each with its name. Null where
 * nothing is.
 */
export function mendWords(
  { changes, grant }: AccessFinding,
  nameOf: (principal: string) => string,
  now: number,
): string | null {
  const words = changes.map(({ principal, actions, expiresAt }) => {
    const terms = termsWords({ bits: bitsOf(actions), end: expiresAt }, now);
    return principal === grant?.principal.reference ? terms : `${nameWords(nameOf(principal))}: ${terms}`;
  });
  const rest = words.length - namedMax;
  if (rest > 0) return andWords([...words.slice(0, namedMax), counted(rest, 'other')]);
  return words.length === 0 ? null : andWords(words);
}

/** The changes of some findings. Where two are about one grant, the one that leaves less counts; then the one that ends first. */
export function changesOf(findings: readonly AccessFinding[]): PreparedChange[] {
  const chosen = new Map<string, PreparedChange>();
  for (const change of findings.flatMap(({ changes }) => changes)) {
    const key = cellKey(change.principal, change.repository);
    const other = chosen.get(key);
    chosen.set(key, other === undefined || leavesLess(change, other) ? change : other);
  }
  return [...chosen.values()];
}

function leavesLess(one: PreparedChange, other: PreparedChange): boolean {
  const [mine, theirs] = [bitsOf(one.actions), bitsOf(other.actions)];
  if (mine !== theirs) return (mine & theirs) === mine;
  return endsAt(one) < endsAt(other);
}

function endsAt({ expiresAt }: PreparedChange): number {
  return expiresAt === null ? Infinity : Date.parse(expiresAt);
}
