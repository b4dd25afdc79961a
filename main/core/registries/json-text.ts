/**
 * Finds the members of an object in JSON text, so that one of them can be added or taken out while every other
 * byte stays as it is. Works on text that `JSON.parse` has accepted; it does not check the grammar again.
 *
 * Written here because `jsonc-parser` cannot do it: its tree overflows the stack at 5,000 objects in each other, where
 * clients read 10,000; its edits change the bytes of neighbours; of two members of one name it sees the first.
 */

/** One `"key": value` of an object; offsets into the text, ends exclusive. */
export interface JsonMember {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** An object in the text: `open` is the offset of its `{`, `close` that of its `}`. */
export interface JsonObject {
  readonly open: number;
  readonly close: number;
  readonly members: readonly JsonMember[];
}

const plainToken = /[^ \t\r\n,\]}]+/y;
const whiteSpace = /[ \t\r\n]*/y;

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  return match ? at + match[0].length : at;
}

/**
 * Behind the quote that ends the string whose first quote is at an offset; the text's end when none does. Regular
 * expressions give up on strings with millions of escapes.
 */
export function endOfString(text: string, at: number): number {
  for (let position = at + 1; position < text.length; position += 1) {
    const char = text[position];
    if (char === '"') return position + 1;
    if (char === '\\') position += 1;
  }
  return text.length;
}

/**
 * Where the object or list at an offset ends, the text's end when it does not; and how many lie in each other in it.
 */
function nestedAt(text: string, at: number): { end: number; deepest: number } {
  let depth = 0;
  let deepest = 0;
  let position = at;
  while (position < text.length) {
    const char = text[position];
    if (char === '"') {
      position = endOfString(text, position);
      continue;
    }
    position += 1;
    if (char === '{' || char === '[') depth += 1;
    if (char === '}' || char === ']') depth -= 1;
    deepest = Math.max(deepest, depth);
    if (depth === 0) break;
  }
  return { end: position, deepest };
}

function endOfValue(text: string, at: number): number {
  const first = text[at];
  if (first === '"') return endOfString(text, at);
  if (first === '{' || first === '[') return nestedAt(text, at).end;
  return endOf(plainToken, text, at);
}

/**
 * Reads the object that starts at or after `from` (only white space may lie before it).
 *
 * @returns null when the value there is not an object
 */
export function readObject(text: string, from: number): JsonObject | null {
  const open = endOf(whiteSpace, text, from);
  if (text[open] !== '{') return null;
  const members: JsonMember[] = [];
  let position = endOf(whiteSpace, text, open + 1);
  while (text[position] === '"') {
    const keyStart = position;
    const keyEnd = endOfString(text, keyStart);
    const colon = endOf(whiteSpace, text, keyEnd);
    const valueStart = endOf(whiteSpace, text, colon + 1);
    const valueEnd = endOfValue(text, valueStart);
    const key: unknown = JSON.parse(text.slice(keyStart, keyEnd));
    members.push({ key: String(key), keyStart, keyEnd, valueStart, valueEnd });
    position = endOf(whiteSpace, text, valueEnd);
    if (text[position] === ',') position = endOf(whiteSpace, text, position + 1);
  }
  return { open, close: position, members };
}

/** Where the value ends that a text begins with, whatever stands behind it. The text need not be valid JSON. */
export function firstValueEnd(text: string): number {
  return endOfValue(text, endOf(whiteSpace, text, 0));
}

/** How many objects and lists lie in each other, at most, in the object or list that a text begins with. */
export function deepestNesting(text: string): number {
  return nestedAt(text, endOf(whiteSpace, text, 0)).deepest;
}

/** Whether nothing but JSON's white space is in a text. Unicode has more of it, which no reader of JSON passes over. */
export function isBlank(text: string): boolean {
  return endOf(whiteSpace, text, 0) === text.length;
}

/** White space before an offset: the last line break and the indentation after it, or what there is. */
function separatorBefore(text: string, offset: number): string {
  let start = offset;
  while (start > 0 && ' \t\r\n'.includes(text.charAt(start - 1))) start -= 1;
  const blank = text.slice(start, offset);
  return /\r?\n[ \t]*$/.exec(blank)?.[0] ?? blank;
}

/** How an object lays out its members: what stands before each key and between key and value. */
export interface MemberLayout {
  /** A line break and the indentation, or the blanks of an object on one line. */
  readonly separator: string;
  readonly colon: string;
}

/** The layout of an object's last member; null when it has none. */
export function layoutOf(text: string, object: JsonObject): MemberLayout | null {
  const last = object.members.at(-1);
  if (!last) return null;
  return {
    separator: separatorBefore(text, last.keyStart),
    colon: text.slice(last.keyEnd, last.valueStart),
  };
}

/** Adds a member behind an object's last one. The object must have members. */
export function appendMember(text: string, object: JsonObject, layout: MemberLayout, member: string): string {
  const end = object.members.at(-1)?.valueEnd ?? object.open + 1;
  return `${text.slice(0, end)},${layout.separator}${member}${text.slice(end)}`;
}

/** Takes a member out with its comma; an object that loses its only member becomes `{}`. */
export function removeMember(text: string, object: JsonObject, member: JsonMember): string {
  const index = object.members.indexOf(member);
  const previous = object.members[index - 1];
  const next = object.members[index + 1];
  if (previous) return text.slice(0, previous.valueEnd) + text.slice(member.valueEnd);
  if (next) return text.slice(0, member.keyStart) + text.slice(next.keyStart);
  return text.slice(0, object.open + 1) + text.slice(object.close);
}

/** What a member's value stands for. */
export function valueOf(text: string, { valueStart, valueEnd }: JsonMember): unknown {
  return JSON.parse(text.slice(valueStart, valueEnd));
}

/** Puts another text in the place of a value. */
export function replaceRange(text: string, start: number, end: number, replacement: string): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

/** Whether a member goes by a name as Go compares them, in which the clients are written: whatever the case. */
export function isNamed({ key }: JsonMember, name: string): boolean {
  return key === name || folded(key) === folded(name);
}

/** Letters that have two small forms, such as the long s, become one. */
function folded(text: string): string {
  return text.toLowerCase().toUpperCase();
}
