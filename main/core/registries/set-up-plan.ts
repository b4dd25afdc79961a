import { hash } from 'node:crypto';
import { addHelper, removeHelper } from './auth-file.ts';

/** What is remembered of one entry in an auth file, so that it can be undone. */
export interface SetUp {
  readonly host: string;
  /** The file before Keyhold's first entry in it, of those that `afterHash` covers; null when there was none. */
  readonly before: string | null;
  /** SHA-256, hex, of the file as Keyhold left it. Set-ups with the same hash stand in one unbroken chain. */
  readonly afterHash: string;
}

/** The hash of no file. Stands for an entry that was in the file before Keyhold set it up. */
const noHash = '';

/** SHA-256, hex, of a file's text; null has none. */
export function hashOf(text: string | null): string {
  return text === null ? noHash : hash('sha256', text);
}

interface SetUpPlan<Kept extends SetUp> {
  /** The file's new content. */
  readonly text: string;
  readonly setUp: SetUp;
  /** The other set-ups of this file, brought up to date. */
  readonly others: readonly Kept[];
}

/**
 * Plans an entry for a host.
 *
 * @param current - the file as it is; null when there is none
 * @param others - the set-ups of other hosts in this file, oldest first
 * @throws KeyholdError `auth_file_invalid`, `auth_file_entry_foreign`
 */
export function planSetUp<Kept extends SetUp>(
  current: string | null,
  host: string,
  others: readonly Kept[],
): SetUpPlan<Kept> {
  const text = addHelper(current, host);
  if (text === current) return { text, setUp: { host, before: null, afterHash: noHash }, others };
  const afterHash = hashOf(text);
  const unbroken = chainAt(current, others)[0];
  return {
    text,
    setUp: { host, before: unbroken ? unbroken.before : current, afterHash },
    others: moveChain(current, others, (other) => ({ ...other, afterHash })),
  };
}

interface UndoPlan<Kept extends SetUp> {
  /** The file's new content; null: there shall be no file. */
  readonly text: string | null;
  /** `exact`: as if this host had never been set up. `entry`: the file had changed since, only the entry goes. */
  readonly restored: 'exact' | 'entry';
  readonly others: readonly Kept[];
}

/**
 * Plans to undo a set-up.
 *
 * @param current - the file as it is; null when there is none
 * @param others - the other set-ups of this file, oldest first
 * @throws KeyholdError `auth_file_invalid`
 */
export function planUndo<Kept extends SetUp>(
  current: string | null,
  setUp: SetUp,
  others: readonly Kept[],
): UndoPlan<Kept> {
  if (current !== null && hashOf(current) === setUp.afterHash) {
    const text = chainAt(current, others).reduce<string | null>(
      (before, other) => addHelper(before, other.host),
      setUp.before,
    );
    const afterHash = hashOf(text);
    return {
      text,
      restored: 'exact',
      others: moveChain(current, others, (other) => ({ ...other, afterHash })),
    };
  }
  const text = withoutEntry(current, setUp.host);
  const afterHash = hashOf(text);
  return {
    text,
    restored: 'entry',
    others: moveChain(current, others, (other) => ({
      ...other,
      before: withoutEntry(other.before, setUp.host),
      afterHash,
    })),
  };
}

/** The set-ups since whose last one nobody else has changed the file. */
function chainAt<Kept extends SetUp>(current: string | null, setUps: readonly Kept[]): readonly Kept[] {
  return current === null ? [] : setUps.filter((setUp) => setUp.afterHash === hashOf(current));
}

function moveChain<Kept extends SetUp>(
  current: string | null,
  setUps: readonly Kept[],
  move: (setUp: Kept) => Kept,
): readonly Kept[] {
  const chain = new Set(chainAt(current, setUps));
  return setUps.map((setUp) => (chain.has(setUp) ? move(setUp) : setUp));
}

function withoutEntry(text: string | null, host: string): string | null {
  return text === null ? null : removeHelper(text, host);
}
