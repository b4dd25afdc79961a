import { KeyholdError } from '../../../../contracts/errors.ts';
import type { Sql } from '../../ports.ts';

/*
 * Whom the tokens are for that sign contexts in (RFC 7519, section 4.1.3). It stays when a context is signed out: what it
 * is known for is that no other service is given such a token.
 */

/** Of a row of `contexts`. */
export const lastAudience = '(SELECT audience FROM audiences WHERE context_id = contexts.id)';

/** @param audience - Of the token that a context is signed in by from now on. */
export function writeAudience(sql: Sql, contextId: string, audience: string): void {
  sql.run(
    'INSERT INTO audiences (context_id, audience) VALUES (?, ?) ON CONFLICT DO UPDATE SET audience = excluded.audience',
    ...[contextId, audience],
  );
}

/**
 * Looks whether tokens for somebody may go to a service: whoever gets a token can show it where it is good
 * (RFC 9700, section 4.9.1).
 *
 * @param audiences - Whom they are for.
 * @param origin - The service's.
 * @throws KeyholdError `audience_of_another`, with the context whose service takes such tokens.
 */
export function requireOwnAudience(sql: Sql, audiences: readonly string[], origin: string): void {
  const other = sql.get<{ name: string }>(
    `SELECT name FROM contexts JOIN audiences ON context_id = id
     WHERE origin <> ? AND audience IN (SELECT value FROM json_each(?)) ORDER BY created_at LIMIT 1`,
    ...[origin, JSON.stringify(audiences)],
  );
  if (other !== undefined) throw new KeyholdError('audience_of_another', { contextName: other.name });
}
