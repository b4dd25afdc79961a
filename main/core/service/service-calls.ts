import type { z } from 'zod';
import type { ErrorCode } from '../../../contracts/errors.ts';
import { pagePath } from '../../../contracts/server-api/index.ts';
import type { ApiErrorCode } from '../../../contracts/server-api/index.ts';
import type { ContextService, StoredContext } from '../contexts/context-service.ts';
import type { HttpClient, HttpRequest } from '../ports.ts';
import { signApiToken } from '../credentials/keys/api-token.ts';
import type { ApiTokenDeps } from '../credentials/keys/api-token.ts';
import { signerOf } from '../tokens/signer.ts';
import { askService, failureOf } from './client.ts';
import { keyholdDone, keyholdForms } from './dialects/keyhold.ts';
import { isKeyUnknown } from './whoami.ts';

const timeoutMs = 10_000;
/** A service whose list never ends must not hold the app up: nobody reads so much. */
const maxPages = 50;
/** Life of the token of one request, seconds. */
const tokenTtl = 2 * 60;

export interface ServiceRequest {
  method: HttpRequest['method'];
  /** Below the service's origin. */
  path: string;
  body?: unknown;
  /** What codes of the service mean here, where they mean more than that it refused. */
  means?: Partial<Record<ApiErrorCode, ErrorCode>>;
}

const meanings: Partial<Record<ApiErrorCode, ErrorCode>> = {
  key_not_registered: 'key_not_registered',
  key_revoked: 'key_not_registered',
  role_insufficient: 'not_allowed',
  not_found: 'not_allowed',
};

type Deps = ApiTokenDeps & { contexts: ContextService; http: HttpClient };

/** Asks the service of a context in the name of its user, with a token of the context's key. */
export class ServiceCalls {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The context that a request is for. @throws KeyholdError as `signerOf`. */
  context(contextId: string): StoredContext {
    return signerOf(this.#deps, contextId).context;
  }

  /**
   * Sends a request and reads its answer by a schema.
   *
   * @throws KeyholdError as `signerOf`; `server_unreachable`, `not_a_keyhold_server`; `not_allowed` for what the user
   * may not do or know of; `service_refused` with the service's own words, or what `means` says, for other refusals.
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
    { method, path, body, means = {} }: ServiceRequest,
    forms: Parameters<typeof askService<Value>>[2],
  ): Promise<Value> {
    const { contexts, keys } = this.#deps;
    const { context, kid } = signerOf(this.#deps, contextId);
    const { token } = signApiToken(this.#deps, context, kid, tokenTtl);
    const request: HttpRequest = {
      ...{ method, url: `${context.origin}${path}`, timeoutMs },
      ...(body === undefined ? {} : { body }),
      headers: { authorization: `Bearer ${token}` },
    };
    const answer = await askService(this.#deps, request, forms);
    if (answer.kind === 'answered') {
      contexts.signIns.note(context.id, kid, 'signed_in');
      keys.markUsed(kid);
      return answer.value;
    }
    if (answer.kind !== 'refused') contexts.signIns.note(context.id, kid, answer.kind);
    // Any other refusal is about the request, not about the sign-in.
    else if (isKeyUnknown(answer.code)) contexts.signIns.note(context.id, kid, 'key_unknown');
    throw failureOf(answer, { ...meanings, ...means });
  }
}
