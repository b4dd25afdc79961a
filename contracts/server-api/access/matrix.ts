import { z } from 'zod';
import { cappedNumber } from '../pages.ts';
import { instantSchema, orgSlugSchema, repositoryNameSchema } from '../primitives.ts';
import {
  accessPath,
  accessPrincipalSchema,
  accessVersionSchema,
  principalReferenceSchema,
} from './primitives.ts';
import type { AccessPrincipal } from './primitives.ts';

export const matrixPath = `${accessPath}/matrix`;

/** Rows or columns of one page at most, and cells of one page at most. */
export const matrixSideMax = 1000;
export const matrixCellsMax = 40_000;

/** `principalPlace`, or a repository's name. */
const placeSchema = z.string().max(600);
const side = placeSchema.default('');

/** Where a page begins that comes behind a principal; of repositories it is the name. */
export function principalPlace({
  kind,
  reference,
  name,
}: Pick<AccessPrincipal, 'kind' | 'reference' | 'name'>): string {
  return `${kind} ${reference} ${name}`;
}

/**
 * Query of `GET /v1/access/matrix`: a page of an organization's principals by its repositories, those that the caller
 * administers. Principals are groups, then people, then bots, each by name; repositories are by name.
 */
export const matrixQuerySchema = z
  .strictObject({
    org: orgSlugSchema,
    /** `principalPlace`, and a repository's name, of the last that the caller knows; it may be gone meanwhile. */
    principals_after: side,
    repositories_after: side,
    principals_limit: cappedNumber(1, matrixSideMax).default(200),
    repositories_limit: cappedNumber(1, matrixSideMax).default(200),
    /** One row alone, one column alone. */
    principal: principalReferenceSchema.optional(),
    repository: repositoryNameSchema.optional(),
    /** A version that the caller has the same page of: rows that did not change since are null. */
    since: accessVersionSchema.optional(),
    /** `true`: with when each principal last pulled and pushed. */
    used: z.stringbool().default(false),
  })
  .refine(({ principals_limit: rows, repositories_limit: columns }) => rows * columns <= matrixCellsMax, {
    message: `A page has at most ${matrixCellsMax.toString()} cells`,
  });
export type MatrixQuery = z.output<typeof matrixQuerySchema>;

/** How a cell's access comes about: the sum of those that apply. */
export const accessVia = { role: 1, group: 2, public: 4, denied: 8 } as const;

/**
 * What one principal may do on each repository of the page, one hexadecimal digit for each. `access` and `direct` are sums
 * of `accessBits`: what the principal may do by all that is known, and what a grant to the principal alone names. `via`
 * is a sum of `accessVia`.
 */
const rowSchema = z.object({
  access: z.string().regex(/^[0-9a-f]*$/),
  direct: z.string().regex(/^[0-9a-f]*$/),
  via: z.string().regex(/^[0-9a-f]*$/),
});
export type MatrixRow = z.infer<typeof rowSchema>;

/** Each action's part of a digit. */
export const accessBits = { read: 1, write: 2, delete: 4, admin: 8 } as const;

/** The cell at these places of the page's `principals` and `repositories`. */
const place = { row: z.int().nonnegative(), column: z.int().nonnegative() };

export const matrixSchema = z.object({
  version: accessVersionSchema,
  principals: z.array(accessPrincipalSchema),
  repositories: z.array(z.object({ name: repositoryNameSchema, public: z.boolean() })),
  /** One for each of `principals`; null for one that is as it was at `since`. */
  rows: z.array(rowSchema.nullable()),
  /** Cells that end by themselves: their grant, and what they may do by all together. Of rows that are told alone. */
  ends: z.array(z.object({ ...place, direct: instantSchema.nullable(), access: instantSchema.nullable() })),
  /** With `used` alone: cells that were used. */
  used: z
    .array(z.object({ ...place, pulled: instantSchema.nullable(), pushed: instantSchema.nullable() }))
    .optional(),
  /** Where each side goes on; left out at its end. */
  next: z.object({ principals: placeSchema.optional(), repositories: placeSchema.optional() }),
});
export type Matrix = z.infer<typeof matrixSchema>;
