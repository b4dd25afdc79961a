import { expressionBuilder, sql } from 'kysely';
import type { RawBuilder } from 'kysely';

/**
 * A condition: a column has a text in it, in any letter case (PostgreSQL knows the letters of the language that its database
 * was made for). The signs that `like` knows count as themselves.
 */
export function contains(column: string, text: string): RawBuilder<boolean> {
  const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  // As a function of the query, so that each dialect can write it as it knows letters.
  const lowered = expressionBuilder().fn<string>('lower', [sql.ref(column)]);
  return sql<boolean>`${lowered} like ${pattern} escape '\\'`;
}
