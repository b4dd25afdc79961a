import { printable } from '../../contracts/domain/printable.ts';

/** Why bytes are not JSON that every reader takes alike: the end of a sentence, such as `begins with a byte order mark`. */
export class UnreadableJson extends Error {
  override readonly name = 'UnreadableJson';
}

/** Deeper than any document, and less deep than any reader's own limit. */
export const maxDepth = 64;
/** Names are repeated only so far. */
const longestName = 100;
const numberPattern = /-?\d[\d.eE+-]*/y;
const wholeNumber = /^(?:0|-?[1-9]\d*)$/;
/** Is read as Infinity: a number, and none that a schema for whole ones takes. */
const noWholeNumber = '1e999';

/**
 * Reads JSON in the one form that all readers take, and take alike (RFC 8259 and what it warns of): UTF-8 without a
 * byte order mark, each name once in its object, no half of a surrogate pair, nested 64 times at most.
 *
 * @returns The value. Numbers that are not written as whole ones (`1.0`, `1e3`, `-0`), which some readers take for
 *   whole and others refuse, are Infinity in it.
 * @throws UnreadableJson
 */
export function parsePlainJson(content: Uint8Array): unknown {
  const text = decode(content);
  const value = parse(text);
  const oddNumbers = scan(text);
  return oddNumbers.length === 0 ? value : parse(withoutNumbers(text, oddNumbers));
}

function decode(content: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    throw new UnreadableJson('is not in UTF-8');
  }
  if (text.startsWith('\ufeff')) throw new UnreadableJson('begins with a byte order mark');
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableJson('is not JSON');
  }
}

/** A stretch of the text: from `start` up to before `end`. */
interface Stretch {
  start: number;
  end: number;
}

/** Looks for what the parser lets pass. @returns The numbers that are not written as whole ones. */
function scan(json: string): Stretch[] {
  const oddNumbers: Stretch[] = [];
  /** The objects and lists that are open, outermost first; of an object, the names that it has so far. */
  const open: (Set<string> | null)[] = [];
  let beforeName = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json.charAt(at);
    if (character === '"') {
      const end = endOfString(json, at);
      const string = readString(json.slice(at, end));
      if (beforeName) addName(open.at(-1), string);
      at = end - 1;
    } else if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : null);
      beforeName = character === '{';
      if (open.length > maxDepth) throw new UnreadableJson('is nested too deeply');
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === ',' || character === ':') {
      beforeName = character === ',' && open.at(-1) !== null;
    } else if (character === '-' || (character >= '0' && character <= '9')) {
      const number = numberAt(json, at);
      const end = at + number.length;
      if (!wholeNumber.test(number)) oddNumbers.push({ start: at, end });
      at = end - 1;
    }
  }
  return oddNumbers;
}

function addName(names: Set<string> | null | undefined, name: string): void {
  if (names?.has(name)) {
    throw new UnreadableJson(`has the field ${JSON.stringify(printable(name, longestName))} twice`);
  }
  names?.add(name);
}

/** The first place behind the string that begins at `start`. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (json.charAt(at) !== '"') at += json.charAt(at) === '\\' ? 2 : 1;
  return at + 1;
}

function readString(json: string): string {
  if (!json.includes('\\')) return json.slice(1, -1);
  const string = String(JSON.parse(json));
  if (!string.isWellFormed()) throw new UnreadableJson('has half of a surrogate pair in a text');
  return string;
}

function numberAt(json: string, start: number): string {
  numberPattern.lastIndex = start;
  return numberPattern.exec(json)?.[0] ?? '';
}

function withoutNumbers(json: string, numbers: readonly Stretch[]): string {
  const ends = [0, ...numbers.map(({ end }) => end)];
  const between = ends.map((end, index) => json.slice(end, numbers[index]?.start));
  return between.join(noWholeNumber);
}
