import type { ExplanationSummary } from '../../../contracts/ipc/access.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import { explanationAnswer } from '../service/dialects/access.ts';
import type { ServiceCalls } from '../service/service-calls.ts';
import { accessCodes, failureBecause } from './service-requests.ts';
import { toExplanation } from './summaries.ts';

const gone = { principal_gone: 'nobody_found', credential_gone: 'credential_gone' } as const;

/**
 * What decides about somebody, or a key or token of theirs, on a repository.
 *
 * @throws KeyholdError `nobody_found`, `credential_gone`, `repository_gone`, `repository_admin_needed`, or as
 *   `ServiceCalls.ask`.
 */
export async function askedExplanation(
  service: ServiceCalls,
  contextId: string,
  path: string,
): Promise<ExplanationSummary> {
  const answer = await service.attempt(contextId, { method: 'GET', path }, explanationAnswer);
  if (answer.kind !== 'answered') {
    throw failureBecause(service, answer, gone, { ...accessCodes, not_found: 'repository_gone' });
  }
  const explained = toExplanation(answer.value);
  // Nobody asked about somebody of a kind that this version does not know.
  if (explained === null) throw new KeyholdError('not_a_keyhold_server');
  return explained;
}
