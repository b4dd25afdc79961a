import { z } from 'zod';

/**
 * A whole number of a query, in any number of digits. More than `most` counts as `most`: who asks for as much as there
 * can be, gets as much as there may be at once.
 */
export function cappedNumber(least: number, most: number) {
  return z
    .string()
    .regex(/^\d+$/, 'Must be a whole number, in digits')
    .transform((digits) => Math.min(Number(digits), most))
    .pipe(z.number().min(least));
}

/**
 * Query of a list that comes in pages: at most `limit` entries behind `after`, which is the `next` of the page before.
 *
 * @param most - Entries of a page at most, and without `limit`: as many as clients read at once.
 */
export function pageQuery(most: number) {
  return z.strictObject({
    limit: cappedNumber(1, most).default(most),
    after: z.string().max(255).default(''),
  });
}
export type PageQuery = z.output<ReturnType<typeof pageQuery>>;

/** Where a list goes on: there while it has more. */
export const nextSchema = z.string().max(255).optional();

/** Address of the page behind `after`; without it, of the first. */
export function pagePath(path: string, after?: string): string {
  return after === undefined ? path : `${path}?after=${encodeURIComponent(after)}`;
}
