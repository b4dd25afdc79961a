/** A quotation mark that begins a field and is nowhere closed: all behind it may be in that field. */
export class UnclosedQuote extends Error {
  override name = 'UnclosedQuote';
}

/**
 * The records of a table (RFC 4180), one after the other; lines may also end with a line feed alone.
 *
 * @param separator - One character.
 * @returns The cells of each; null for a record whose quotation marks are at other places than around a field.
 * @throws UnclosedQuote
 */
export function* csvRecords(text: string, separator: string): Generator<string[] | null> {
  for (let at = 0; at < text.length;) {
    const end = lineEnd(text, at);
    const line = text.slice(at, end).replace(/\r$/, '');
    if (!line.includes('"')) {
      yield line.split(separator);
      at = end + 1;
      continue;
    }
    const { cells, next } = quotedRecord(text, at, separator);
    yield cells;
    at = next;
  }
}

function lineEnd(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at === -1 ? text.length : at;
}

/** A record that begins here, and where the next one does. */
function quotedRecord(
  text: string,
  from: number,
  separator: string,
): { cells: string[] | null; next: number } {
  const cells: string[] = [];
  for (let at = from; ;) {
    const field = text[at] === '"' ? quotedField(text, at) : plainField(text, at, separator);
    const isLast = field.end >= text.length || isLineEnd(text, field.end);
    if (field.value === null || (!isLast && text[field.end] !== separator)) {
      return { cells: null, next: lineEnd(text, field.end) + 1 };
    }
    cells.push(field.value);
    if (isLast) return { cells, next: lineEnd(text, field.end) + 1 };
    at = field.end + 1;
  }
}

function isLineEnd(text: string, at: number): boolean {
  return text[at] === '\n' || (text[at] === '\r' && (text[at + 1] === '\n' || at + 1 === text.length));
}

/** A field and what is behind it; null for one in which quotation marks stand. */
interface Field {
  value: string | null;
  end: number;
}

function plainField(text: string, from: number, separator: string): Field {
  let end = from;
  while (end < text.length && text[end] !== separator && !isLineEnd(text, end)) end++;
  const value = text.slice(from, end);
  return { value: value.includes('"') ? null : value, end };
}

function quotedField(text: string, from: number): Field {
  const parts: string[] = [];
  for (let at = from + 1; ;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) throw new UnclosedQuote();
    parts.push(text.slice(at, quote));
    if (text[quote + 1] !== '"') return { value: parts.join('"'), end: quote + 1 };
    at = quote + 2;
  }
}
