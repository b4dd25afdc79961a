import { z } from 'zod';
import { cappedNumber } from '../pages.ts';

/** Query of a list of this API, whose pages have numbers. */
export const numberedPageQuerySchema = z.strictObject({
  page: cappedNumber(1, 1_000_000).default(1),
  per_page: cappedNumber(1, 100).default(20),
});
export type NumberedPageQuery = z.output<typeof numberedPageQuerySchema>;

const paginationSchema = z.object({
  page: z.int(),
  per_page: z.int(),
  total: z.int(),
  total_pages: z.int(),
});

/** A page of a list, and where it stands. */
export function numberedPageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), pagination: paginationSchema });
}

/** A page in that form. */
export function numberedPage<Item>(items: Item[], total: number, { page, per_page }: NumberedPageQuery) {
  return { items, pagination: { page, per_page, total, total_pages: Math.ceil(total / per_page) } };
}
