import type { z } from 'zod';
import { KeyholdError, type ErrorCode } from '../../../contracts/errors.ts';
import { pagePath } from '../../../contracts/server-api/index.ts';
import type { HttpRequest } from '../ports/http.ts';
import { askAs } from './ask-as.ts';
import type { Authorizer, Said } from './authorization.ts';
import { askService, failureOf } from './client.ts';
import type { Answer, Failed, Forms, ServiceDeps } from './client.ts';
import type { NumberedPage } from './dialects/artifact-keeper.ts';
import { SeenNames } from './seen-names.ts';
import { keyholdSpeech, type RefusalCode, type Speech } from './speech.ts';
import { saidOfRefusal } from './whoami.ts';

const usualTimeoutMs = 10_000;
/** A service whose list never ends must not hold the app up: nobody reads so much. */
const maxPages = 50;
/** Entries of a page that has a number: the most that services give. */
const perPage = 100;

interface ServiceRequest {
  method: HttpRequest['method'];
  /** Below the service's origin. */
  path: string;
  body?: unknown;
  /** What codes of the service mean here, where they mean more than that it refused. */
  errorCodes?: Partial<Record<RefusalCode, ErrorCode>>;
  /** Fields beside those that sign it in, their names in lower case. */
  headers?: Readonly<Record<string, string>>;
  /** For work that takes longer than a usual answer. */
  timeoutMs?: number;
  /** For an answer that is longer than a usual one: bytes, members and elements at most. */
  room?: { maxBytes: number; maxValues: number };
}

type Deps = ServiceDeps & { contexts: Authorizer };

/** Asks the service of a context in the name of its user. */
export class ServiceCalls {
  readonly #deps: Deps;
  readonly #speech: Speech;
  /** What its answers called things. */
  readonly seen = new SeenNames();

  /** @param speech - The form of API that is asked. */
  constructor(deps: Deps, speech: Speech = keyholdSpeech) {
    this.#deps = deps;
    this.#speech = speech;
  }

  /**
   * Sends a request and reads its answer by a schema.
   *
   * @throws KeyholdError as `Authorizer.authorize`; `server_unreachable`, `not_a_keyhold_server`; the credential's own
   * code where the service does not accept it; `approval_pending` for an account that waits; `not_allowed` for what the
   * user may not do or know of, `beyond_scope` and `beyond_capability` for what the API key is not for;
   * `service_refused` with the service's own words, or what `errorCodes` says, for other refusals.
   * @param saidBy - What an answer that came says of the sign-in, where it says who is signed in.
   */
  ask<Schema extends z.ZodType>(
    contextId: string,
    request: ServiceRequest,
    schema: Schema,
    saidBy?: (value: z.output<Schema>) => Said,
  ): Promise<z.output<Schema>> {
    return this.#send(contextId, request, this.#speech.forms(schema, request.room?.maxValues), saidBy);
  }

  /**
   * As `ask`, where it matters how a request failed: what would be its error is the answer.
   *
   * @throws KeyholdError as `Authorizer.authorize`, and the credential's own code where the service does not accept it.
   */
  attempt<Schema extends z.ZodType>(
    contextId: string,
    request: Omit<ServiceRequest, 'errorCodes'>,
    schema: Schema,
  ): Promise<Answer<z.output<Schema>>> {
    return this.#answer(contextId, request, this.#speech.forms(schema, request.room?.maxValues));
  }

  /** As `attempt`, of a request whose answer says nothing. */
  attemptTell(contextId: string, request: Omit<ServiceRequest, 'errorCodes'>): Promise<Answer<true>> {
    return this.#answer(contextId, request, this.#speech.done);
  }

  /** What `ask` would throw for an answer of `attempt`. */
  failure(answer: Failed, errorCodes: ServiceRequest['errorCodes'] = {}): KeyholdError {
    return failureOf(answer, { ...this.#speech.usualCodes, ...errorCodes });
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

  /**
   * Reads a list whose pages have numbers, as far as anybody reads; of what is searched for, the first page.
   *
   * @param page - One page; see `numberedPageAnswer`.
   * @returns Also how many entries there are, which may be more.
   * @throws KeyholdError as `ask`.
   */
  async askPages<Entry>(
    contextId: string,
    { path, search, ...request }: Omit<ServiceRequest, 'method'> & { search?: string | undefined },
    page: z.ZodType<NumberedPage<Entry>>,
  ): Promise<{ entries: Entry[]; total: number }> {
    const found: Entry[] = [];
    const most = search === undefined ? maxPages : 1;
    for (let number = 1; ; number++) {
      const query = new URLSearchParams({
        ...(search !== undefined && { search }),
        ...{ page: String(number), per_page: String(perPage) },
      });
      const begin = path.includes('?') ? '&' : '?';
      const asked = { ...request, method: 'GET' as const, path: `${path}${begin}${query.toString()}` };
      const { items, pagination } = await this.ask(contextId, asked, page);
      // A service may give more than was asked for.
      for (const item of items.slice(0, maxPages * perPage - found.length)) found.push(item);
      const total = Math.max(pagination.total, found.length);
      const isAll = found.length >= Math.min(total, maxPages * perPage);
      // A page that is shorter than its service says would be asked for again and again.
      if (isAll || items.length === 0 || number === most) return { entries: found, total };
    }
  }

  /** Sends a request whose answer says nothing. @throws KeyholdError as `ask`. */
  async tell(contextId: string, request: ServiceRequest): Promise<void> {
    await this.#send(contextId, request, this.#speech.done);
  }

  async #send<Value>(
    contextId: string,
    { errorCodes, ...request }: ServiceRequest,
    forms: Forms<Value>,
    saidBy?: (value: Value) => Said,
  ): Promise<Value> {
    const answer = await this.#answer(contextId, request, forms, saidBy);
    if (answer.kind === 'answered') return answer.value;
    throw this.failure(answer, errorCodes);
  }

  async #answer<Value>(
    contextId: string,
    { method, path, body, headers: further, timeoutMs = usualTimeoutMs, room }: ServiceRequest,
    forms: Forms<Value>,
    saidBy: (value: Value) => Said = () => 'signed_in',
  ): Promise<Answer<Value>> {
    const { origin, authorization: first } = await this.#deps.contexts.authorize(contextId);
    const request: HttpRequest = {
      method,
      url: `${origin}${path}`,
      timeoutMs,
      ...(room === undefined ? {} : { maxBytes: room.maxBytes }),
      ...(body === undefined ? {} : { body }),
    };
    const { answer, authorization } = await askAs(first, (headers) =>
      askService(this.#deps, { ...request, headers: { ...further, ...headers } }, forms),
    );
    const said = saidOf(answer, saidBy);
    if (said !== null) authorization.note(said);
    if (said === 'not_accepted') throw new KeyholdError(authorization.notAccepted);
    return answer;
  }
}

/** Null where an answer says nothing of the sign-in: most refusals are about the request. */
function saidOf<Value>(answer: Answer<Value>, saidBy: (value: Value) => Said): Said | null {
  switch (answer.kind) {
    case 'answered':
      return saidBy(answer.value);
    case 'refused':
      return saidOfRefusal(answer.code, null);
    case 'unreachable':
    case 'foreign':
      return answer.kind;
  }
}
