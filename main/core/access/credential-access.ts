import type { AccessPrincipalSummary, ExplanationSummary } from '../../../contracts/ipc/access.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import {
  credentialAccessPath,
  explainPath,
  type CredentialAccess as CredentialAccessAnswer,
} from '../../../contracts/server-api/index.ts';
import { credentialAccessAnswer } from '../service/dialects/access.ts';
import type { ServiceCalls } from '../service/service-calls.ts';
import { askedExplanation } from './explanations.ts';
import { readPages } from '../service/read-pages.ts';
import { accessCodes } from './service-requests.ts';
import { toPrincipal } from './summaries.ts';

/** Repositories of one key or token that are read at most. */
const repositoriesMax = 10_000;

type CredentialRepository = CredentialAccessAnswer['repositories'][number];

/** What keys and tokens can do on repositories. */
export class CredentialAccess {
  readonly #service: ServiceCalls;

  constructor({ service }: { service: ServiceCalls }) {
    this.#service = service;
  }

  /**
   * What a key or token can do on a repository, and what decides about it.
   *
   * @throws KeyholdError `credential_gone`, `repository_gone`, `repository_admin_needed`, or as `ServiceCalls.ask`.
   */
  explain(contextId: string, credential: string, repository: string): Promise<ExplanationSummary> {
    const query = new URLSearchParams({ credential, repository });
    return askedExplanation(this.#service, contextId, `${explainPath}?${query.toString()}`);
  }

  /**
   * What a key or token can do, and what it withholds of what its holder can do, as far as anybody reads.
   *
   * @throws KeyholdError `credential_gone`, `repository_admin_needed`, or as `ServiceCalls.ask`.
   */
  async can(
    contextId: string,
    credential: string,
  ): Promise<{ holder: AccessPrincipalSummary; repositories: CredentialRepository[]; isWhole: boolean }> {
    const found: AccessPrincipalSummary[] = [];
    const { entries, isWhole } = await readPages(repositoriesMax, async (after) => {
      const query = new URLSearchParams({ credential, ...(after === '' ? {} : { after }) });
      const request = {
        method: 'GET' as const,
        path: `${credentialAccessPath}?${query.toString()}`,
        errorCodes: { ...accessCodes, not_found: 'credential_gone' as const },
      };
      const page = await this.#service.ask(contextId, request, credentialAccessAnswer);
      found.push(...[page.holder].flatMap((holder) => toPrincipal(holder) ?? []));
      return { entries: page.repositories, next: page.next };
    });
    const [holder] = found;
    // Nobody of a kind that this version does not know has keys or tokens.
    if (holder === undefined) throw new KeyholdError('not_a_keyhold_server');
    return { holder, repositories: entries, isWhole };
  }
}
