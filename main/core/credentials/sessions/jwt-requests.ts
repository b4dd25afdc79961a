import { z } from 'zod';
import {
  compactJwsPattern,
  logoutPath,
  maxTokenBytes,
  refreshPath,
  sessionJwtSchema,
  switchOrgPath,
  userSchema,
} from '../../../../contracts/server-api/index.ts';
import type { ApiErrorCode } from '../../../../contracts/server-api/index.ts';
import { bearer } from '../../service/authorization.ts';
import { askService, type Answer, type ServiceDeps } from '../../service/client.ts';
import { keyholdForms } from '../../service/dialects/keyhold.ts';
import { lifeSchema } from '../../service/life.ts';
import { askToRevoke } from '../kind/revocation.ts';
import type { Renewed, SessionRequests } from './session-form.ts';

const timeoutMs = 10_000;

/** Codes by which a service says that nothing renews a token any more. */
const overCodes: ReadonlySet<string> = new Set<ApiErrorCode>(['session_expired', 'token_invalid']);

/** A server JWT as far as the app reads it: it may be renewed by itself, and later servers may know further roles. */
const jwtAnswer = sessionJwtSchema.pick({ org: true }).extend({
  token: z.string().max(maxTokenBytes).regex(compactJwsPattern),
  expires_in: lifeSchema,
  session_expires_in: lifeSchema,
  user: userSchema.pick({ id: true }),
});

function renewedOf({
  token,
  expires_in: expiresIn,
  session_expires_in: sessionExpiresIn,
  user,
  org,
}: z.output<typeof jwtAnswer>): Renewed {
  return { token, access: token, expiresIn, sessionExpiresIn, userId: user.id, org };
}

const renewedAnswer = jwtAnswer.transform(renewedOf);

/** Renews a server JWT by presenting it: `POST /v1/auth/refresh`. */
function renew(deps: ServiceDeps, origin: string, token: string): Promise<Answer<Renewed>> {
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
  // One for no organization, which a renewal may give, is none for this one.
  return askService(
    deps,
    request,
    keyholdForms(jwtAnswer.extend({ org: z.literal(org) }).transform(renewedOf)),
  );
}

/** Server JWTs (Kisenon). A session is ended by `POST /v1/auth/logout`; its token may be over, and is renewed then. */
export const jwtRequests: SessionRequests = {
  renew,
  async end(deps, origin, token) {
    const end = (by: string): Promise<Answer<true>> =>
      askToRevoke(deps, { method: 'POST', url: `${origin}${logoutPath}`, headers: bearer(by) });
    const answer = await end(token);
    if (answer.kind !== 'refused' || answer.code !== 'token_expired') return answer;
    const renewed = await renew(deps, origin, token);
    return renewed.kind === 'answered' ? await end(renewed.value.token) : renewed;
  },
  isOver: ({ code }) => overCodes.has(code),
};
