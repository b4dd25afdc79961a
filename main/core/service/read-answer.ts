import type { z } from 'zod';

/** Members and elements of one answer, more than any list or manifest has that is read without another limit. */
const usualMaxValues = 100_000;

/**
 * Reads a JSON answer from the network by its schema.
 *
 * @param maxValues - Members and elements that it may have.
 * @returns Null when it is not JSON or not of that shape, or has more values than anybody sends in earnest: each that
 *   does not fit would be a fault with a description of its own.
 */
export function readAnswer<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  maxValues = usualMaxValues,
): z.output<Schema> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return hasFewValues(value, maxValues) ? (schema.safeParse(value).data ?? null) : null;
}

function hasFewValues(value: unknown, maxValues: number): boolean {
  const open = [value];
  let count = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const inner = Object.values(next);
    count += inner.length;
    if (count > maxValues) return false;
    for (const each of inner) open.push(each);
  }
  return true;
}
