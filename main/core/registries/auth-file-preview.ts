import type { z } from 'zod';
import type { diffLineSchema } from '../../../contracts/ipc/registries.ts';
import { endOfString, readObject, replaceRange } from './json-text.ts';

type DiffLine = z.infer<typeof diffLineSchema>;

const mask = '"••••••••"';

/** Members of an auth file whose values are names of programs, which the user has to see. */
const shownMembers: ReadonlySet<string> = new Set(['credHelpers', 'credsStore']);

const colon = /\s*:/y;
const number = /-?\d[\d.eE+-]*/y;

/**
 * The change that set-up would make, line by line, without the passwords of the file: every text and number
 * outside the helpers' names is masked, so that nothing shows that a newer Podman may keep there.
 *
 * @param before - the file as it is, valid JSON; null when there is none
 * @param after - the file as it would be, valid JSON
 */
export function previewChange(before: string | null, after: string): DiffLine[] {
  const old = before === null ? [] : linesOf(maskValues(before));
  const next = linesOf(maskValues(after));
  const shorter = Math.min(old.length, next.length);
  let head = 0;
  while (head < shorter && old[head] === next[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && old[old.length - 1 - tail] === next[next.length - 1 - tail]) tail += 1;
  return [
    ...next.slice(0, head).map((text) => line('same', text)),
    ...old.slice(head, old.length - tail).map((text) => line('remove', text)),
    ...next.slice(head, next.length - tail).map((text) => line('add', text)),
    ...next.slice(next.length - tail).map((text) => line('same', text)),
  ];
}

/** The text with the values of all members masked but those that name helpers; line breaks stay. */
function maskValues(text: string): string {
  const members = readObject(text, 0)?.members ?? [];
  return members.reduceRight((masked, { key, valueStart, valueEnd }) => {
    if (shownMembers.has(key)) return masked;
    return replaceRange(masked, valueStart, valueEnd, maskedValue(text.slice(valueStart, valueEnd)));
  }, text);
}

/** A value with a mask for each number, and for each string that is no key, which a colon follows. */
function maskedValue(value: string): string {
  const parts: string[] = [];
  for (let at = 0; at < value.length;) {
    const isString = value[at] === '"';
    number.lastIndex = at;
    const end = isString ? endOfString(value, at) : at + (number.exec(value)?.[0].length ?? 0);
    colon.lastIndex = end;
    const stays = end === at || (isString && colon.test(value));
    parts.push(stays ? value.slice(at, Math.max(end, at + 1)) : mask);
    at = Math.max(end, at + 1);
  }
  return parts.join('');
}

function linesOf(text: string): string[] {
  return text.replace(/\r?\n$/, '').split(/\r?\n/);
}

function line(kind: DiffLine['kind'], text: string): DiffLine {
  return { kind, text };
}
