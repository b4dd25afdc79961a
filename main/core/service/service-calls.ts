import type { z } from 'zod';
import type { ErrorCode } from '../../../contracts/errors.ts';
import { pagePath } from '../../../contracts/server-api/index.ts';
import type { ApiErrorCode } from '../../../contracts/server-api/index.ts';
import type { HttpRequest } from '../ports.ts';
import type { Authorizer } from './authorization.ts';
import { askService, failureOf } from './client.ts';
import type { Forms, ServiceDeps } from './client.ts';
import { keyholdDone, keyholdForms } from './dialects/keyhold.ts';
import { isKeyUnknown } from './whoami.ts';

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

const usualCodes: Partial<Record<ApiErrorCode, ErrorCode>> = {
  key_not_registered: 'key_not_registered',
  key_revoked: 'key_not_registered',
  role_insufficient: 'not_allowed',
  not_found: 'not_allowed',
};

type Deps = ServiceDeps & { contexts: Authorizer };

/** Asks the service of a context in the name of its user. */
export class ServiceCalls {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /**
   * Sends a request and reads its answer by a schema.
   *
   * @throws KeyholdError as `Authorizer.authorize`; `server_unreachable`, `not_a_keyhold_server`; `not_allowed` for what the user
   * may not do or know of; `service_refused` with the service's own words, or what `errorCodes` says, for other
   * refusals.
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
    const { origin, authorization } = await this.#deps.contexts.authorize(contextId);
    const request: HttpRequest = {
      method,
      url: `${origin}${path}`,
      headers: authorization.headers,
      timeoutMs,
      ...(body === undefined ? {} : { body }),
    };
    const answer = await askService(this.#deps, request, forms);
    if (answer.kind === 'answered') {
      authorization.note('signed_in');
      return answer.value;
    }
    if (answer.kind !== 'refused') authorization.note(answer.kind);
    // Any other refusal is about the request, not about the sign-in.
    else if (isKeyUnknown(answer.code)) authorization.note('key_unknown');
    throw failureOf(answer, { ...usualCodes, ...errorCodes });
  }
}
