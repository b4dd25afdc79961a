import { z } from 'zod';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { ErrorCode } from '../../../contracts/errors.ts';
import type { ContextService } from '../contexts/context-service.ts';
import { readAnswer } from '../service/read-answer.ts';
import { HttpRefused, HttpUnreachable } from '../ports.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../ports.ts';
import { signApiToken } from '../credentials/keys/api-token.ts';
import type { ApiTokenDeps } from '../credentials/keys/api-token.ts';
import { basicUserName } from '../credentials/basic-user-name.ts';
import { signerOf } from '../tokens/signer.ts';
import { Turns } from '../lib/turns.ts';

const timeoutMs = 10_000;
/** Life of the API token that a registry token is asked for with, seconds. */
const apiTokenTtl = 2 * 60;
/** Requests to one registry at once. */
const atOnce = 6;
/** A registry token is not used in the last seconds of its life. */
const marginSeconds = 10;

/** Answer of the token endpoint (distribution token specification). Clients take a life of 60 s for granted. */
const tokenAnswerSchema = z
  .object({
    token: z.string().optional(),
    access_token: z.string().optional(),
    expires_in: z.number().positive().max(86_400).default(60),
  })
  .transform(({ token, access_token, expires_in }) => ({
    token: token ?? access_token ?? '',
    seconds: expires_in,
  }))
  .refine(({ token }) => /^[\x21-\x7e]{1,16384}$/.test(token));

/** A refusal in distribution form (OCI distribution specification 1.1, "Error Codes"). */
const refusalSchema = z.object({
  errors: z
    .array(z.object({ code: z.string() }))
    .min(1)
    .max(100),
});

const meanings: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ['NAME_UNKNOWN', 'repository_gone'],
  ['MANIFEST_UNKNOWN', 'tag_gone'],
  ['UNAUTHORIZED', 'not_allowed'],
  ['DENIED', 'not_allowed'],
  ['TOOMANYREQUESTS', 'server_unreachable'],
]);

export type SessionDeps = ApiTokenDeps & { contexts: ContextService; http: HttpClient };

export interface RegistryRequest {
  method: 'GET' | 'DELETE';
  /** Below `/v2/<repository>/`, with a query if it has one. */
  path: string;
  accept?: string;
  maxBytes?: number;
}

/**
 * One look at one repository of a context's registry, with registry tokens of its own (distribution token
 * specification). They go to the context's origin alone, whatever a challenge may name.
 */
export class RegistrySession {
  readonly #deps: SessionDeps;
  readonly #contextId: string;
  readonly #repository: string;
  readonly #ended = new AbortController();
  readonly #turns = new Turns(atOnce);
  readonly #tokens = new Map<string, Promise<{ token: string; kid: string; until: number }>>();

  constructor(deps: SessionDeps, contextId: string, repository: string) {
    this.#deps = deps;
    this.#contextId = contextId;
    this.#repository = repository;
  }

  /** Gives up all that is being asked, and forgets the tokens. Nothing can be asked after it. */
  end(): void {
    this.#ended.abort();
    this.#tokens.clear();
  }

  /**
   * Sends a request to the repository, and once more with a new token where the registry does not take the first.
   *
   * @throws KeyholdError as `signerOf`; `server_unreachable`, also once the session has ended; `repository_gone`,
   * `tag_gone`, `not_allowed`, `deletion_off`, `service_refused`; `registry_unreadable` for what is not understood.
   */
  async send(request: RegistryRequest): Promise<HttpResponse> {
    return this.#turns.take(async () => {
      const actions = request.method === 'DELETE' ? 'pull,delete' : 'pull';
      let response = await this.#authorized(request, actions);
      if (response.status === 401) {
        this.#tokens.delete(actions);
        response = await this.#authorized(request, actions);
      }
      if (response.status < 300) return response;
      throw refusal(request, response);
    });
  }

  async #authorized(
    { method, path, accept, maxBytes }: RegistryRequest,
    actions: string,
  ): Promise<HttpResponse> {
    const { origin } = this.#deps.contexts.get(this.#contextId);
    const token = await this.#token(actions);
    return this.#request({
      ...{ method, url: `${origin}/v2/${this.#repository}/${path}` },
      headers: { authorization: `Bearer ${token}`, ...(accept === undefined ? {} : { accept }) },
      ...(maxBytes === undefined ? {} : { maxBytes }),
    });
  }

  /** A registry token for these actions: the one at hand as long as it lives, for any number of requests. */
  async #token(actions: string): Promise<string> {
    const now = this.#deps.clock.now().getTime();
    const { kid } = signerOf(this.#deps, this.#contextId);
    const held = this.#tokens.get(actions);
    if (held !== undefined) {
      const { token, until, kid: boughtBy } = await held;
      // A token does not outlive here the key that it was bought with.
      if (now < until && boughtBy === kid) return token;
    }
    const asked = this.#askForToken(actions);
    this.#tokens.set(actions, asked);
    try {
      return (await asked).token;
    } catch (error) {
      if (this.#tokens.get(actions) === asked) this.#tokens.delete(actions);
      throw error;
    }
  }

  async #askForToken(actions: string): Promise<{ token: string; kid: string; until: number }> {
    const { keys, clock, contexts } = this.#deps;
    const { context, kid } = signerOf(this.#deps, this.#contextId);
    const { token: password } = signApiToken(this.#deps, context, kid, apiTokenTtl);
    const query = new URLSearchParams({
      service: context.host,
      scope: `repository:${this.#repository}:${actions}`,
    });
    const credentials = Buffer.from(`${basicUserName(context.userId)}:${password}`).toString('base64');
    const { status, text } = await this.#request({
      ...{ method: 'GET', url: `${context.origin}/v2/token?${query.toString()}` },
      headers: { authorization: `Basic ${credentials}` },
    });
    // The registry does not say whether it is the key that it does not know.
    if (status === 401) throw new KeyholdError('key_not_registered');
    if (status >= 300) throw new KeyholdError('service_refused');
    const answer = readAnswer(text, tokenAnswerSchema);
    if (answer === null) throw new KeyholdError('registry_unreadable');
    keys.markUsed(kid);
    contexts.signIns.note(context.id, kid, 'signed_in');
    return {
      token: answer.token,
      kid,
      until: clock.now().getTime() + (answer.seconds - marginSeconds) * 1000,
    };
  }

  async #request(request: Omit<HttpRequest, 'timeoutMs' | 'signal'>): Promise<HttpResponse> {
    try {
      const signal = this.#ended.signal;
      const response = await this.#deps.http.request({ ...request, timeoutMs, signal });
      if (response.status !== 429 && response.status < 500) return response;
    } catch (error) {
      if (error instanceof HttpRefused) throw new KeyholdError('registry_unreadable');
      if (!(error instanceof HttpUnreachable)) throw error;
    }
    throw new KeyholdError('server_unreachable');
  }
}

/** What a refusal means here. */
function refusal({ method }: RegistryRequest, { status, text }: HttpResponse): KeyholdError {
  // Older registries say so without any body.
  if (method === 'DELETE' && status === 405) return new KeyholdError('deletion_off');
  const code = readAnswer(text, refusalSchema)?.errors[0]?.code;
  if (code === undefined) return new KeyholdError('registry_unreadable');
  if (method === 'DELETE' && code === 'UNSUPPORTED') return new KeyholdError('deletion_off');
  return new KeyholdError(meanings.get(code) ?? 'service_refused');
}
