import type { ApiErrorCode } from '../../../contracts/server-api/index.ts';
import type { Authorization } from './authorization.ts';
import type { Answer } from './client.ts';
import { unauthorizedCodes } from './dialects/artifact-keeper.ts';

/** Codes by which a service says that a token is over, or not one of its own any more. */
const overCodes: ReadonlySet<string> = new Set([
  ...(['token_expired', 'token_invalid'] satisfies ApiErrorCode[]),
  ...unauthorizedCodes,
]);

/**
 * Asks a service in an account's name, and once more where it calls the authorization over before its time: its clock
 * is the one that counts. A request that is refused so did nothing.
 *
 * @returns Also the authorization that was used last.
 * @throws As `Authorization.renew`.
 */
export async function askAs<Value>(
  authorization: Authorization,
  ask: (headers: Authorization['headers']) => Promise<Answer<Value>>,
): Promise<{ answer: Answer<Value>; authorization: Authorization }> {
  const answer = await ask(authorization.headers);
  const isOver = answer.kind === 'refused' && overCodes.has(answer.code);
  if (!isOver || authorization.renew === null) return { answer, authorization };
  const renewed = await authorization.renew();
  return { answer: await ask(renewed.headers), authorization: renewed };
}
