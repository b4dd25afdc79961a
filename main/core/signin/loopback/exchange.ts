import type { z } from 'zod';
import { cliExchangePath } from '../../../../contracts/server-api/index.ts';
import type { SignedIn } from '../../contexts/context-additions.ts';
import { askService, type Answer, type ServiceDeps } from '../../service/client.ts';
import { keyholdRefusal } from '../../service/dialects/keyhold.ts';
import { pairOf } from '../../service/dialects/artifact-keeper-sign-in.ts';
import { cliExchangeAnswer } from '../../service/dialects/kisenon-sign-in.ts';
import { readAnswer } from '../../service/read-answer.ts';
import type { Exchanged, Ticket } from '../browser-way.ts';

/** Longer than other requests: what it gives, nobody gets a second time. */
const timeoutMs = 20_000;

/**
 * Has a service give what a person allowed: `POST /v1/cli/exchange`. Never throws for what the network does.
 */
export async function askToExchange(
  deps: ServiceDeps,
  origin: string,
  { code, verifier, redirectUri }: Ticket,
): Promise<Answer<Exchanged>> {
  const body = {
    code,
    code_verifier: verifier,
    ...(redirectUri === undefined ? {} : { redirect_uri: redirectUri }),
  };
  const request = { method: 'POST' as const, url: `${origin}${cliExchangePath}`, body, timeoutMs };
  return await askService(deps, request, {
    value: ({ text }) => exchangedOf(readAnswer(text, cliExchangeAnswer)),
    refusal: keyholdRefusal,
  });
}

function exchangedOf(answer: ReturnType<typeof readAnswer<typeof cliExchangeAnswer>>): Exchanged | null {
  if (answer === null) return null;
  const { user, org } = answer;
  return { userId: user.id, org, by: givenOf(answer), who: user.display_name };
}

function givenOf(answer: z.output<typeof cliExchangeAnswer>): SignedIn['by'] {
  if ('api_key' in answer)
    return { kind: 'api-key', secret: answer.api_key, keyId: answer.id, label: answer.name, expiresAt: null };
  // Who signs in by the browser is signed in so again: no user name is kept for a form.
  const session = { kind: 'session', username: null } as const;
  if ('refresh_token' in answer) return { ...session, form: 'refresh-token', ...pairOf(answer) };
  const { token, expires_in: expiresIn, session_expires_in: sessionExpiresIn } = answer;
  return { ...session, form: 'jwt', token, access: token, expiresIn, sessionExpiresIn };
}
