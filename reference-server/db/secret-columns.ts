import { expressionBuilder } from 'kysely';
import type { Expression, SqlBool } from 'kysely';
import type { Database } from './schema.ts';

/** For a query of API keys or tokens: only those that are neither revoked nor over at an instant. */
export function stillCounts(at: Date): Expression<SqlBool> {
  const where = expressionBuilder<Database, 'api_keys' | 'api_tokens'>();
  return where.and([
    where('revoked_at', 'is', null),
    where.or([where('expires_at', 'is', null), where('expires_at', '>', at.toISOString())]),
  ]);
}
