import type { z } from 'zod';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { ErrorCode } from '../../../contracts/errors.ts';
import { apiErrorBodySchema, pagePath } from '../../../contracts/server-api/index.ts';
import type { ApiErrorCode } from '../../../contracts/server-api/index.ts';
import type { ContextService, StoredContext } from '../contexts/context-service.ts';
import { readAnswer } from '../contexts/read-answer.ts';
import { HttpRefused, HttpUnreachable } from '../ports.ts';
import type { HttpClient, HttpResponse } from '../ports.ts';
import { signApiToken } from '../tokens/api-token.ts';
import type { ApiTokenDeps } from '../tokens/api-token.ts';
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
    const { signIns } = this.#deps.contexts;
    const response = await this.#request(context.id, kid, {
      ...{ method, url: `${context.origin}${path}`, timeoutMs },
      ...(body === undefined ? {} : { body }),
      headers: { authorization: `Bearer ${token}` },
    });
    const { status, text } = response;
    if (status === 429 || status >= 500) {
      signIns.note(context.id, kid, 'unreachable');
      throw new KeyholdError('server_unreachable');
    }
    if (status < 400) {
      signIns.note(context.id, kid, 'signed_in');
      this.#deps.keys.markUsed(kid);
      return response;
    }
    const code = readAnswer(text, apiErrorBodySchema)?.error.code;
    if (code === undefined) {
      signIns.note(context.id, kid, 'foreign');
      throw new KeyholdError('not_a_keyhold_server');
    }
    // Any other refusal is about the request, not about the sign-in.
    if (code === 'key_not_registered' || code === 'key_revoked') {
      signIns.note(context.id, kid, 'key_unknown');
    }
    throw new KeyholdError(means[code] ?? meanings[code] ?? 'service_refused');
  }

  async #request(
    contextId: string,
    kid: string,
    request: Parameters<HttpClient['request']>[0],
  ): Promise<HttpResponse> {
    const { signIns } = this.#deps.contexts;
    try {
      return await this.#deps.http.request(request);
    } catch (error) {
      if (error instanceof HttpUnreachable) {
        signIns.note(contextId, kid, 'unreachable');
        throw new KeyholdError('server_unreachable');
      }
      if (error instanceof HttpRefused) {
        signIns.note(contextId, kid, 'foreign');
        throw new KeyholdError('not_a_keyhold_server');
      }
      throw error;
    }
  }
}
