import { z } from 'zod';

/** Rows of one page of a list. */
export const rowsOfPage = 50;

/** What the address of a list says. What somebody made up says nothing. */
export const listQuery = z.object({
  q: z.string().trim().max(100).catch('').default(''),
  after: z.string().max(255).catch('').default(''),
});

/** The addresses of the first and the next page of a list, where there are. */
export function pagesOf(
  path: string,
  { after, ...kept }: z.output<typeof listQuery> & Record<string, string>,
  next: string | undefined,
): { first?: string; next?: string } {
  const address = (more: Record<string, string>): string => {
    const said = Object.entries({ ...kept, ...more }).filter(([, value]) => value !== '');
    const query = new URLSearchParams(said).toString();
    return query === '' ? path : `${path}?${query}`;
  };
  return {
    ...(after !== '' && { first: address({}) }),
    ...(next !== undefined && { next: address({ after: next }) }),
  };
}
