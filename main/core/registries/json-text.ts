/**
 * Finds the members of an object in JSON text, so that one of them can be added or taken out while every other
 * byte stays as it is. Works on text that `JSON.parse` has accepted; it does not check the grammar again.
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

const stringToken = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
const plainToken = /[^\s,\]}]+/y;
const whiteSpace = /[ \t\r\n]*/y;
const nestedToken = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]]|[^"{}[\]]+/y;

function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  return match ? at + match[0].length : at;
}

function endOfNested(text: string, at: number): number {
  let depth = 0;
  let position = at;
  do {
    const end = endOf(nestedToken, text, position);
    const first = text[position];
    if (first === '{' || first === '[') depth += 1;
    if (first === '}' || first === ']') depth -= 1;
    position = end;
  } while (depth > 0 && position < text.length);
  return position;
}

function endOfValue(text: string, at: number): number {
  const first = text[at];
  if (first === '"') return endOf(stringToken, text, at);
  if (first === '{' || first === '[') return endOfNested(text, at);
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
    const keyEnd = endOf(stringToken, text, keyStart);
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

/** Where the object ends that a text begins with, whatever stands behind it; null when it begins with none. */
export function firstObjectEnd(text: string): number | null {
  const open = endOf(whiteSpace, text, 0);
  return text[open] === '{' ? endOfNested(text, open) : null;
}

/** White space before an offset: the last line break and the indentation after it, or what there is. */
function separatorBefore(text: string, offset: number): string {
  const blank = /[ \t\r\n]*$/.exec(text.slice(0, offset))?.[0] ?? '';
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
