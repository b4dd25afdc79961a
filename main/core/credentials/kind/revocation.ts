import { credentialNames, type CredentialKind } from '../../../../contracts/domain/credential.ts';
import type { Revocation } from '../../../../contracts/ipc/sign-out.ts';
import type { ApiErrorCode } from '../../../../contracts/server-api/index.ts';
import type { HttpRequest } from '../../ports/http.ts';
import type { Authorization } from '../../service/authorization.ts';
import { askService, type Answer, type ServiceDeps } from '../../service/client.ts';
import { unauthorizedCodes } from '../../service/dialects/artifact-keeper.ts';
import { keyholdDone } from '../../service/dialects/keyhold.ts';

const timeoutMs = 5000;

/** Codes by which a service says that a credential has no rights there any more, or never had any. */
const withoutRights: ReadonlySet<string> = new Set([
  ...(['key_not_registered', 'key_revoked', 'session_expired', 'not_found'] satisfies ApiErrorCode[]),
  ...unauthorizedCodes,
]);

/** Sends a request that revokes a credential by its own authority. Never throws for what the network does. */
export function askToRevoke(
  deps: ServiceDeps,
  request: Pick<HttpRequest, 'method' | 'url'> & { headers: Authorization['headers'] },
): Promise<Answer<true>> {
  return askService(deps, { ...request, timeoutMs }, keyholdDone);
}

/** What an answer to such a request says became of the credential. */
export function revocationOf(answer: Answer<unknown>): Revocation {
  switch (answer.kind) {
    case 'answered':
      return 'revoked';
    case 'refused':
      return withoutRights.has(answer.code) ? 'not_registered' : 'refused';
    case 'unreachable':
      return 'unreachable';
    case 'foreign':
      return 'refused';
  }
}

/** Whether nothing that the credential made is accepted any more: its service said so. */
export function isConfirmed(revocation: Revocation): boolean {
  return revocation === 'revoked' || revocation === 'not_registered';
}

/** How the activity log says what became of a credential. */
export function revocationWords(revocation: Revocation, kind: CredentialKind): string {
  const name = credentialNames[kind];
  const revoked = kind === 'session' ? 'ended' : 'revoked';
  switch (revocation) {
    case 'revoked':
      return `${name} ${revoked}`;
    case 'not_registered':
      return kind === 'key' ? 'key was not registered' : `${name} had ended before`;
    case 'unreachable':
      return `${name} not ${revoked}: service not reached`;
    case 'refused':
      return `${name} not ${revoked}: service refused`;
  }
}
