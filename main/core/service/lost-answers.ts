import { KeyholdError } from '../../../contracts/errors.ts';
import type { Answer, Failed } from './client.ts';

/** What became of a change whose answer was lost; `unknown` where the service does not say. */
type Fate<Value> = { kind: 'made'; value: Value } | { kind: 'not_made'; why: Failed } | 'unknown';

/** Whether it can be that a service did what it was asked for although it did not say so. */
export function isLost(answer: Answer<unknown>): answer is Exclude<Failed, { kind: 'refused' }> {
  // Whoever is told to wait was not heard.
  return answer.kind === 'foreign' || (answer.kind === 'unreachable' && answer.status !== 429);
}

/**
 * Asks for a change, and where the answer gets lost, what became of it.
 *
 * @param look - Asked for that alone; `why` tells how the answer was lost.
 * @param failure - The error for a change that was not made.
 * @throws KeyholdError `maybe_done` where nobody can tell; what `failure` says.
 */
export async function madeSurely<Value>(
  send: () => Promise<Answer<Value>>,
  look: (why: Failed) => Promise<Fate<Value>>,
  failure: (why: Failed) => KeyholdError,
): Promise<Value> {
  const answer = await send();
  if (answer.kind === 'answered') return answer.value;
  if (!isLost(answer)) throw failure(answer);
  // Whatever goes wrong from here on says nothing of what was asked for first.
  const fate = await look(answer).catch(() => 'unknown' as const);
  if (fate === 'unknown') throw new KeyholdError('maybe_done');
  if (fate.kind === 'made') return fate.value;
  throw failure(fate.why);
}

/**
 * Sends a change again that can be made once only.
 *
 * @param wasMade - What it answers where a refusal says that the first one was heard; null where it does not.
 */
export async function sentAgain<Value>(
  send: () => Promise<Answer<Value>>,
  wasMade: (why: Failed) => Value | null,
): Promise<Fate<Value>> {
  const answer = await send();
  if (answer.kind === 'answered') return { kind: 'made', value: answer.value };
  if (answer.kind !== 'refused') return 'unknown';
  const value = wasMade(answer);
  return value === null ? { kind: 'not_made', why: answer } : { kind: 'made', value };
}

/**
 * Sees by what there is now whether a change was made.
 *
 * @param why - How the change's answer was lost.
 * @param find - What it would have answered; null where it was not made.
 */
export function seenIn<Told, Value>(
  answer: Answer<Told>,
  why: Failed,
  find: (told: Told) => Value | null,
): Fate<Value> {
  if (answer.kind !== 'answered') return 'unknown';
  const value = find(answer.value);
  return value === null ? { kind: 'not_made', why } : { kind: 'made', value };
}
