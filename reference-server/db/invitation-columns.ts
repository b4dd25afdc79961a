import type { ExpressionBuilder } from 'kysely';
import type { Database } from './schema.ts';

/** For a query of invitations: only those that can be accepted at an instant. */
export function canBeAccepted(at: Date) {
  return (where: ExpressionBuilder<Database, 'invitations'>) =>
    where.and([
      where('invitations.ended_at', 'is', null),
      where('invitations.expires_at', '>', at.toISOString()),
    ]);
}
