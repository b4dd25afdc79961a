import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { KeyholdError } from '../../contracts/errors.ts';
import { addHelper, removeHelper } from '../../main/core/registries/auth-file.ts';
import { authFile, hostName } from '../unit/main/registries/auth-file-cases.ts';
import { runCases } from './run-cases.ts';
import type { SoakPart, Tally } from './tally.ts';

/** A stretch of the file is lost, and something else may stand there. */
const damage = fc.record({
  at: fc.nat(),
  length: fc.nat(8),
  inserted: fc.constantFrom(
    '',
    '"',
    '{',
    '}',
    ',',
    ':',
    '\\',
    '\n',
    '[',
    '0',
    'null',
    '{}',
    '"credHelpers":',
  ),
});

const authFileCase = fc.record({
  file: authFile,
  damage: fc.option(damage, { freq: 2 }),
  hosts: fc.uniqueArray(hostName, { minLength: 1, maxLength: 3 }).chain((added) =>
    fc.record({
      added: fc.constant(added),
      removed: fc.shuffledSubarray(added, { minLength: added.length }),
    }),
  ),
});

function require(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** Whether the second text is the first with something put in, nothing but braces and blanks in its place. */
function isInsertion(before: string, after: string): boolean {
  let head = 0;
  while (head < before.length && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < before.length - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return /^[\s{}]*$/.test(before.slice(head, before.length - tail));
}

/** What a file says; one that is empty or `null` says nothing. */
function contentOf(text: string): { credHelpers?: Record<string, unknown> | null } {
  return text.trim() === '' ? {} : ((JSON.parse(text) as ReturnType<typeof contentOf> | null) ?? {});
}

function isNamed(text: string, host: string): boolean {
  return Object.hasOwn(contentOf(text).credHelpers ?? {}, host);
}

function withHelper(text: string, host: string): unknown {
  const content = contentOf(text);
  return { ...content, credHelpers: { ...content.credHelpers, [host]: 'keyhold' } };
}

function add(text: string, host: string): string {
  const after = addHelper(text, host);
  require(isDeepStrictEqual(JSON.parse(after), withHelper(text, host)), 'something else changed too');
  require(addHelper(after, host) === after, 'the second time changes something');
  return after;
}

/** The code with which adding is refused; null when it is not. */
function refusalOf(text: string, host: string): string | null {
  try {
    addHelper(text, host);
    return null;
  } catch (error) {
    if (error instanceof KeyholdError) return error.code;
    throw error;
  }
}

/** A whole file: one entry more for each host and no other byte changed, and all of it back as it was. */
function checkWhole(
  before: string,
  added: readonly string[],
  removed: readonly string[],
  tally: Tally,
): void {
  for (const host of Object.keys(contentOf(before).credHelpers ?? {}).slice(0, 1)) {
    require(refusalOf(before, host) === 'auth_file_entry_foreign', 'the host was taken from another helper');
    require(removeHelper(before, host) === before, 'the entry of another helper was taken out');
    tally.count('entries of other helpers left alone');
  }
  if (added.some((host) => isNamed(before, host))) return;
  let text = before;
  for (const host of added) {
    const after = add(text, host);
    require(isInsertion(text, after), 'bytes of the file changed');
    text = after;
  }
  for (const host of removed) text = removeHelper(text, host);
  require(text === before, 'it is not what it was before');
  tally.count('undone to the byte');
}

/** A damaged file is refused, or one entry more is in it and nothing else is another. */
function checkDamaged(text: string, host: string, tally: Tally): void {
  const refusal = refusalOf(text, host);
  if (refusal !== null) {
    require(/^auth_file_(invalid|entry_foreign)$/.test(refusal), `it is refused with ${refusal}`);
    tally.count('damaged and refused');
    return;
  }
  const after = add(text, host);
  require(!isNamed(removeHelper(after, host), host), 'Keyhold is still named');
  tally.count('damaged and still JSON');
}

/** The auth files of Podman and Docker, into which set-up writes and out of which undo takes. */
export const authFiles: SoakPart = {
  name: 'auth-files',
  count: 1_000_000,
  run: (count, tally) =>
    runCases(
      { count, tally },
      authFileCase,
      ({ file: { text }, damage: harm, hosts: { added, removed } }) => {
        if (harm === null) {
          checkWhole(text, added, removed, tally);
          return;
        }
        const start = harm.at % (text.length + 1);
        const damaged = text.slice(0, start) + harm.inserted + text.slice(start + harm.length);
        checkDamaged(damaged, added[0] ?? '', tally);
      },
    ),
};
