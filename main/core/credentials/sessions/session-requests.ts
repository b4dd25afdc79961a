import { z } from 'zod';
import { limits } from '../../../../contracts/domain/limits.ts';
import {
  compactJwsPattern,
  logoutPath,
  maxTokenBytes,
  refreshPath,
  sessionJwtSchema,
  switchOrgPath,
  userSchema,
} from '../../../../contracts/server-api/index.ts';
import { bearer } from '../../service/authorization.ts';
import { askService, type Answer, type ServiceDeps } from '../../service/client.ts';
import { keyholdForms } from '../../service/dialects/keyhold.ts';
import { askToRevoke } from '../kind/revocation.ts';

const timeoutMs = 10_000;

/** Seconds, of a length that a clock can show. */
const secondsSchema = z
  .number()
  .positive()
  .transform((seconds) => Math.min(seconds, limits.ttlMax));

/** A server JWT as far as the app reads it: it may be renewed by itself, and later servers may know further roles. */
const renewedAnswer = sessionJwtSchema.pick({ org: true }).extend({
  token: z.string().max(maxTokenBytes).regex(compactJwsPattern),
  expires_in: secondsSchema,
  session_expires_in: secondsSchema,
  user: userSchema.pick({ id: true }),
});
export type Renewed = z.output<typeof renewedAnswer>;

/** Renews a server JWT by presenting it: `POST /v1/auth/refresh`. Never throws for what the network does. */
export function askToRenew(deps: ServiceDeps, origin: string, token: string): Promise<Answer<Renewed>> {
  const request = {
    method: 'POST' as const,
    url: `${origin}${refreshPath}`,
    headers: bearer(token),
    timeoutMs,
  };
  return askService(deps, request, keyholdForms(renewedAnswer));
}

/**
 * Gets a server JWT for another organization of its user: `POST /v1/auth/switch-org`. Never throws for what the network
 * does.
 *
 * @param org - Its slug.
 */
export function askToSwitch(
  deps: ServiceDeps,
  origin: string,
  token: string,
  org: string,
): Promise<Answer<Renewed>> {
  const url = `${origin}${switchOrgPath}`;
  const request = { method: 'POST' as const, url, headers: bearer(token), body: { org }, timeoutMs };
  return askService(deps, request, keyholdForms(renewedAnswer));
}

/**
 * Ends a session: `POST /v1/auth/logout`. Its token may be over, and is renewed then. Never throws for what the network
 * does.
 */
export async function askToEnd(deps: ServiceDeps, origin: string, token: string): Promise<Answer<unknown>> {
  const end = (by: string): Promise<Answer<true>> =>
    askToRevoke(deps, { method: 'POST', url: `${origin}${logoutPath}`, headers: bearer(by) });
  const answer = await end(token);
  if (answer.kind !== 'refused' || answer.code !== 'token_expired') return answer;
  const renewed = await askToRenew(deps, origin, token);
  return renewed.kind === 'answered' ? await end(renewed.value.token) : renewed;
}
