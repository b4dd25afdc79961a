import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Matrix, MatrixQuery } from '../../../contracts/server-api/access/matrix.ts';
import type { MatrixPage, ToldRow } from './matrix.ts';

/** Rows of all pages that are remembered: some 10 MB. */
const maxRows = 100_000;

interface Told {
  repositories: string;
  /** By the principal's reference. */
  rows: ReadonlyMap<string, string>;
}

/**
 * Remembers for a while what was told of the matrix, so that of a page that somebody has, only those rows are told again
 * that are another. What is forgotten is told whole.
 */
export class ToldRows {
  readonly #told = new LRUCache<string, Told>({
    maxSize: maxRows,
    sizeCalculation: ({ rows }) => rows.size + 1,
  });

  /** A page as it is told to a caller who may have an earlier one. */
  tell(callerId: string, { since, ...query }: MatrixQuery, page: MatrixPage): Matrix {
    // Queries are long, and pages without rows are many to a limit of rows.
    const keyOf = (version: string) => digestOf([callerId, query, version]);
    const now = digestsOf(page);
    const before = since === undefined ? undefined : this.#told.get(keyOf(since));
    this.#told.set(keyOf(page.version), now);
    const isKnown = page.principals.map(
      ({ reference }) =>
        before?.repositories === now.repositories && before.rows.get(reference) === now.rows.get(reference),
    );
    const { version, principals, repositories, rows, next, used } = page;
    return {
      ...{ version, principals, repositories, next, ...(used === undefined ? {} : { used }) },
      rows: rows.map(({ access, direct, via }, row) =>
        isKnown[row] === true ? null : { access, direct, via },
      ),
      ends: rows.flatMap(({ ends }, row) =>
        isKnown[row] === true ? [] : ends.map((end) => ({ row, ...end })),
      ),
    };
  }
}

function digestsOf({ principals, repositories, rows }: MatrixPage): Told {
  return {
    repositories: digestOf(repositories),
    rows: new Map(
      rows.map((row, index) => [principals[index]?.reference ?? '', digestOf(row satisfies ToldRow)]),
    ),
  };
}

function digestOf(value: unknown): string {
  return hash('sha256', JSON.stringify(value), 'base64url');
}
