import type { z } from 'zod';
import { KeyholdError, type ErrorCode } from '../../../contracts/errors.ts';
import { pagePath } from '../../../contracts/server-api/index.ts';
import type { ApiErrorCode } from '../../../contracts/server-api/index.ts';
import type { HttpRequest } from '../ports.ts';
import { askAs } from './ask-as.ts';
import type { Authorizer } from './authorization.ts';
import { askService, failureOf } from './client.ts';
import type { Forms, ServiceDeps } from './client.ts';
import { keyholdDone, keyholdForms } from './dialects/keyhold.ts';
import { SeenNames } from './seen-names.ts';
import { saidOfRefusal } from './whoami.ts';

const timeoutMs = 10_000;
/** A service whose list never ends must not hold the app up: nobody reads so much. */
const maxPages = 50;

interface ServiceRequest {
  method: HttpRequest['method'];
  /** Below the service's origin. */
  path: string;
  body?: unknown;
  /** What codes of the service mean here, where they mean more than that it refused. */
  errorCodes?: Partial<Record<ApiErrorCode, ErrorCode>>;
}

/** What codes mean wherever they are answered, beside those of `isNotAccepted`. */
const usualCodes: Partial<Record<ApiErrorCode, ErrorCode>> = {
  alpha_pending: 'approval_pending',
  email_not_allowed: 'email_not_allowed',
  scope_insufficient: 'beyond_scope',
  capability_insufficient: 'beyond_capability',
  role_insufficient: 'not_allowed',
  not_found: 'not_allowed',
};

type Deps = ServiceDeps & { contexts: Authorizer };

/** Asks the service of a context in the name of its user. */
export class ServiceCalls {
  readonly #deps: Deps;
  /** What its answers called things. */
  readonly seen = new SeenNames();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Sends a request and reads its answer by a schema.
   *
   * @throws KeyholdError as `Authorizer.authorize`; `server_unreachable`, `not_a_keyhold_server`; the credential's own
   * code where the service does not accept it; `approval_pending` for an account that waits; `not_allowed` for what the
   * user may not do or know of, `beyond_scope` and `beyond_capability` for what the API key is not for;
   * `service_refused` with the service's own words, or what `errorCodes` says, for other refusals.
   */
  ask<Schema extends z.ZodType>(
    contextId: string,
    request: ServiceRequest,
    schema: Schema,
  ): Promise<z.output<Schema>> {
    return this.#send(contextId, request, keyholdForms(schema));
  }

  /**
   * Reads a list to its end, page after page, or as far as anybody reads.
   *
   * @param entriesOf - The entries of one page.
   * @throws KeyholdError as `ask`.
   */
  async askAll<Schema extends z.ZodType<{ next?: string | undefined }>, Entry>(
    contextId: string,
    request: Omit<ServiceRequest, 'method'>,
    schema: Schema,
    entriesOf: (page: z.output<Schema>) => readonly Entry[],
  ): Promise<Entry[]> {
    const found: Entry[] = [];
    let after: string | undefined;
    for (let pages = 0; pages < maxPages; pages++) {
      const path = pagePath(request.path, after);
      const page = await this.ask(contextId, { ...request, method: 'GET', path }, schema);
      found.push(...entriesOf(page));
      if (page.next === undefined) break;
      after = page.next;
    }
    return found;
  }

  /** Sends a request whose answer says nothing. @throws KeyholdError as `ask`. */
  async tell(contextId: string, request: ServiceRequest): Promise<void> {
    await this.#send(contextId, request, keyholdDone);
  }

  async #send<Value>(
    contextId: string,
    { method, path, body, errorCodes = {} }: ServiceRequest,
    forms: Forms<Value>,
  ): Promise<Value> {
    const { origin, authorization: first } = await this.#deps.contexts.authorize(contextId);
    const request: HttpRequest = {
      method,
      url: `${origin}${path}`,
      timeoutMs,
      ...(body === undefined ? {} : { body }),
    };
    const { answer, authorization } = await askAs(first, (headers) =>
      askService(this.#deps, { ...request, headers }, forms),
    );
    if (answer.kind === 'answered') {
      authorization.note('signed_in');
      return answer.value;
    }
    // Most refusals are about the request, not about the sign-in.
    const said = answer.kind === 'refused' ? saidOfRefusal(answer.code, null) : answer.kind;
    if (said !== null) authorization.note(said);
    if (said === 'not_accepted') throw new KeyholdError(authorization.notAccepted);
    throw failureOf(answer, { ...usualCodes, ...errorCodes });
  }
}
