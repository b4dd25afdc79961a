import type { z } from 'zod';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { ErrorCode } from '../../../contracts/errors.ts';
import { apiErrorBodySchema, pagePath } from '../../../contracts/server-api/index.ts';
import type { ApiErrorCode } from '../../../contracts/server-api/index.ts';
import type { ContextService, StoredContext } from '../contexts/context-service.ts';
import { readAnswer } from './read-answer.ts';
import type { Said } from './authorization.ts';
import { HttpRefused, HttpUnreachable } from '../ports.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../ports.ts';
import { signApiToken } from '../credentials/keys/api-token.ts';
import type { ApiTokenDeps } from '../credentials/keys/api-token.ts';
import { signerOf } from '../tokens/signer.ts';

const timeoutMs = 10_000;
/** A service whose list never ends must not hold the app up: nobody reads so much. */
const maxPages = 50;
/** Life of the token of one request, seconds. */
const tokenTtl = 2 * 60;

export interface ServiceRequest {
  method: 'GET' | 'POST' | 'DELETE';
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

/** What may come in the place of the service's answer. */
const unanswered = { unreachable: 'server_unreachable', foreign: 'not_a_keyhold_server' } as const;

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
   * may not do or know of; `service_refused`, or what `means` says, for other refusals.
   */
  async ask<Schema extends z.ZodType>(
    contextId: string,
    request: ServiceRequest,
    schema: Schema,
  ): Promise<z.output<Schema>> {
    const answer = readAnswer((await this.#send(contextId, request)).text, schema);
    if (answer === null) throw new KeyholdError('not_a_keyhold_server');
    return answer;
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
    await this.#send(contextId, request);
  }

  async #send(contextId: string, { method, path, body, means = {} }: ServiceRequest): Promise<HttpResponse> {
    const { context, kid } = signerOf(this.#deps, contextId);
    const { token } = signApiToken(this.#deps, context, kid, tokenTtl);
    const note = (said: Said): void => {
      this.#deps.contexts.signIns.note(context.id, kid, said);
    };
    const answer = await this.#answerTo({
      ...{ method, url: `${context.origin}${path}`, timeoutMs },
      ...(body === undefined ? {} : { body }),
      headers: { authorization: `Bearer ${token}` },
    });
    if (typeof answer === 'string') {
      note(answer);
      throw new KeyholdError(unanswered[answer]);
    }
    const { response, refusal } = answer;
    if (refusal === null) {
      note('signed_in');
      this.#deps.keys.markUsed(kid);
      return response;
    }
    // Any other refusal is about the request, not about the sign-in.
    if (meanings[refusal] === 'key_not_registered') note('key_unknown');
    throw new KeyholdError(means[refusal] ?? meanings[refusal] ?? 'service_refused');
  }

  /** The service's answer, with the code by which it refused if it did; or what came in the place of one. */
  async #answerTo(
    request: HttpRequest,
  ): Promise<{ response: HttpResponse; refusal: ApiErrorCode | null } | keyof typeof unanswered> {
    try {
      const response = await this.#deps.http.request(request);
      const { status, text } = response;
      if (status === 429 || status >= 500) return 'unreachable';
      if (status < 400) return { response, refusal: null };
      const refusal = readAnswer(text, apiErrorBodySchema)?.error.code;
      return refusal === undefined ? 'foreign' : { response, refusal };
    } catch (error) {
      if (error instanceof HttpUnreachable) return 'unreachable';
      if (error instanceof HttpRefused) return 'foreign';
      throw error;
    }
  }
}
