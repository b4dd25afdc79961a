import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';

/**
 * A condition: a column has a text in it, in any letter case (databases may know only that of ASCII letters). The signs
 * that `like` knows count as themselves.
 */
export function contains(column: string, text: string): RawBuilder<boolean> {
  const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return sql<boolean>`lower(${sql.ref(column)}) like ${pattern} escape '\\'`;
}
