import type { z } from 'zod';

/**
 * Reads a JSON answer from the network by its schema.
 *
 * @returns Null when it is not JSON or not of that shape.
 */
export function readAnswer<Schema extends z.ZodType>(text: string, schema: Schema): z.output<Schema> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return schema.safeParse(value).data ?? null;
}
