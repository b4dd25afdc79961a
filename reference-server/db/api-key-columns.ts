import type { ExpressionBuilder } from 'kysely';
import type { Database } from './schema.ts';

/** For a query of API keys: only those that are neither revoked nor over at an instant. */
export function stillCounts(at: Date) {
  return (where: ExpressionBuilder<Database, 'api_keys'>) =>
    where.and([
      where('api_keys.revoked_at', 'is', null),
      where.or([
        where('api_keys.expires_at', 'is', null),
        where('api_keys.expires_at', '>', at.toISOString()),
      ]),
    ]);
}
