import type {
  AccessEffectSummary,
  AccessPrincipalSummary,
  AccessReasonSummary,
  BatchSummary,
  ChangedCell,
  PreviewSummary,
} from '../../../../contracts/ipc/access.ts';
import { andWords, dateWords, relativeTime } from '../../../lib/format.ts';
import type { Cell, Use } from './cells.ts';
import { accessWords, actionNames, actionsOf, actionWords, bitsOf, eachOf, viaWords } from './levels.ts';
import { accessVia } from '../../../../contracts/server-api/access/matrix.ts';
import type { Terms } from './pending.ts';

/** Where letters stand, and where later ones may, that run from right to left (UAX #9, Bidi_Class R and AL). */
const fromRight = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFF\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/** A name in a sentence: letters that run from right to left turn nothing else of it around. */
export function nameWords(name: string): string {
  return fromRight.test(name) ? `\u2068${name}\u2069` : name;
}

/** Actions as nouns: `pull and push`. Admin stands for all. */
export function deedWords(actions: readonly string[]): string {
  if (actions.includes('admin')) return actionWords.admin;
  return eachOf(actionNames.filter((action) => actions.includes(action)));
}

/** How somebody comes by some actions, in words: `directly`, `through developers`, `as owner`. Empty where nobody says. */
function byWords(by: readonly AccessReasonSummary[], actions: readonly string[]): string {
  const words = by.flatMap((reason) => {
    switch (reason.kind) {
      case 'administrator':
        return 'as administrator of the service';
      case 'role':
        return `as ${reason.role}`;
      case 'public':
        return actions.includes('read') ? 'as everybody' : [];
      case 'grant':
        if (!overlaps(reason.actions, actions)) return [];
        return reason.group === null ? 'directly' : `through ${nameWords(reason.group)}`;
      case 'deny':
      case 'inactive':
      case 'viewer':
      case 'limit':
      case 'other':
        return [];
    }
  });
  return andWords([...new Set(words)]);
}

function overlaps(given: readonly string[], actions: readonly string[]): boolean {
  return (bitsOf(given) & bitsOf(actions)) !== 0;
}

function untilWords(until: string | null, now: number): string {
  return until === null ? '' : ` until ${dateWords(until, now)}`;
}

/**
 * What changes for somebody, in one sentence without its end: `jonas gains push on acme/web, directly; keeps pull through
 * developers`.
 *
 * @param now - Milliseconds since 1970.
 */
export function effectWords(kind: 'gains' | 'loses', effect: AccessEffectSummary, now: number): string {
  const { principal, repository, actions, before, after, by, until } = effect;
  const changed = deedWords(actions);
  if (kind === 'loses') {
    const left = after.length === 0 ? 'has no access any more' : keepsWords(after, by);
    return `${nameWords(principal.name)} loses ${changed} on ${repository}; ${left}`;
  }
  const how = byWords(by, actions);
  const kept = actionsOf(bitsOf(before) & bitsOf(after)).filter((action) => !actions.includes(action));
  const keeps = kept.length === 0 ? '' : `; ${keepsWords(kept, by)}`;
  return `${nameWords(principal.name)} gains ${changed} on ${repository}${how === '' ? '' : `, ${how}`}${untilWords(until, now)}${keeps}`;
}

function keepsWords(actions: readonly string[], by: readonly AccessReasonSummary[]): string {
  const how = byWords(by, actions);
  return `keeps ${deedWords(actions)}${how === '' ? '' : ` ${how}`}`;
}

const refusals: Readonly<Record<PreviewSummary['refused'][number]['code'], string>> = {
  principal_gone: 'There is nobody of that name any more.',
  repository_gone: 'The repository is gone.',
  admin_needed: 'You do not administer this repository any more.',
  end_passed: 'Its end has passed.',
  named_twice: 'It is changed twice at once.',
  other: 'The service refuses it, and does not say why in a way that this version knows.',
};

export function refusalWords(code: keyof typeof refusals): string {
  return refusals[code];
}

/** What a grant is to be, in words: `push until 24 December`, `no grant of their own`. */
export function termsWords({ bits, end }: Terms, now: number): string {
  return bits === 0 ? 'no grant of their own' : `${accessWords(bits)}${untilWords(end, now)}`;
}

/**
 * A cell in words: `push, directly until 24 December`; with a change `pending: pull, was push`, and what one may do now
 * where that is not what the grant says.
 */
export function cellWords(
  cell: Cell | null,
  pending: { was: Terms; shall: Terms } | null,
  now: number,
): string {
  const shown = cell === null ? 'not read yet' : shownWords(cell, now);
  if (pending === null) return shown;
  const { was, shall } = pending;
  const change = `pending: ${pendingWords(shall, now)}, was ${pendingWords(was, now)}`;
  const isSaid = cell !== null && cell.via === 0 && cell.access === was.bits && cell.direct === was.bits;
  return isSaid ? change : `${change}; now ${shown}`;
}

function pendingWords({ bits, end }: Terms, now: number): string {
  return `${accessWords(bits)}${bits === 0 ? '' : untilWords(end, now)}`;
}

function shownWords({ access, direct, via, directEnd, accessEnd }: Cell, now: number): string {
  const isDirect = (access & direct) !== 0;
  const others = (access & ~direct) !== 0 || (access !== 0 && direct === 0) ? viaWords(via) : [];
  const how = [isDirect ? `directly${untilWords(directEnd, now)}` : [], others].flat();
  const end = accessEnd !== null && !isDirect ? untilWords(accessEnd, now) : '';
  const denied = (via & accessVia.denied) === 0 ? '' : ', denied in part';
  return [accessWords(access), ...how].join(', ') + end + denied;
}

/** When somebody used what they may do: `pulled 3 days ago, no push noted`. What was before uses were noted nobody knows. */
export function usedWords(use: Use | null, now: number): string {
  if (use === null) return 'no use noted';
  const { pulled, pushed } = use;
  return [
    pulled === null ? 'no pull noted' : `pulled ${relativeTime(pulled, now)}`,
    pushed === null ? 'no push noted' : `pushed ${relativeTime(pushed, now)}`,
  ].join(', ');
}

/** A role in the organization, in a word or two. */
export function roleWords(role: NonNullable<AccessPrincipalSummary['role']>): string {
  return role === 'other' ? 'of another role' : role;
}

/** What a change of a grant to somebody alone cannot do, as far as that is known; null where it does all that it says. */
export function limitWords(
  { access, direct, via }: Cell,
  { active, role }: AccessPrincipalSummary,
): string | null {
  if (!active) return 'This account is closed or waits: a grant changes nothing until it is open.';
  if ((via & accessVia.role) !== 0 && bitsOf(['admin']) === access) {
    const who =
      role === null ? 'Administrators of the service have' : `Whoever is ${roleWords(role)} here has`;
    return `${who} all access: a grant changes nothing while that is so.`;
  }
  if ((via & accessVia.denied) !== 0) return 'A rule denies part of it: a grant does not overrule that.';
  const rest = access & ~direct;
  if (rest === 0) return null;
  const how = andWords(viaWords(via));
  return `They have ${accessWords(rest)} ${how === '' ? 'from elsewhere' : how}: that stays whatever the grant to them alone is.`;
}

/** Cells that others changed, in words: `jonas on acme/web (now pull, by maya)`. Of many, the first. */
export function changedCellWords(cells: readonly ChangedCell[]): string {
  const named = cells.slice(0, 3).map(changedCellWord);
  const rest = cells.length - named.length;
  return `${andWords(rest === 0 ? named : [...named, `${rest.toLocaleString('en')} more`])}.`;
}

export function changedCellWord({ principal, repository, actions, changedBy }: ChangedCell): string {
  const by = changedBy === null ? '' : `, by ${nameWords(changedBy)}`;
  return `${nameWords(principal.name)} on ${repository} (now ${accessWords(bitsOf(actions))}${by})`;
}

/** Somebody on a repository, and what a grant to them alone shall be. */
export function changeWords(principal: string, repository: string, shall: Terms, now: number): string {
  return `${nameWords(principal)} on ${repository}: ${termsWords(shall, now)}`;
}

/** A change that was made, in words: `jonas on acme/web: push, was pull`. */
export function sampleWords({
  principal,
  repository,
  before,
  after,
}: BatchSummary['samples'][number]): string {
  return `${nameWords(principal)} on ${repository}: ${accessWords(bitsOf(after))}, was ${accessWords(bitsOf(before))}`;
}
