import { z } from 'zod';
import type { ErrorCode } from '../../../contracts/errors.ts';
import type { ContextService } from '../contexts/context-service.ts';
import { readAnswer } from '../service/read-answer.ts';
import { askService, failureOf } from '../service/client.ts';
import type { Answer } from '../service/client.ts';
import { registryRefusal, tokenRefusal } from '../service/dialects/registry.ts';
import type { HttpClient, HttpResponse } from '../ports.ts';
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

const meanings: Readonly<Record<string, ErrorCode>> = {
  NAME_UNKNOWN: 'repository_gone',
  MANIFEST_UNKNOWN: 'tag_gone',
  UNAUTHORIZED: 'not_allowed',
  DENIED: 'not_allowed',
  TOOMANYREQUESTS: 'server_unreachable',
};
/** Registries refuse to delete what may be deleted in others. */
const meaningsOfDeletion = { ...meanings, UNSUPPORTED: 'deletion_off' } as const;

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
      const deletes = request.method === 'DELETE';
      const actions = deletes ? 'pull,delete' : 'pull';
      let answer = await this.#authorized(request, actions);
      if (answer.kind === 'refused' && answer.status === 401) {
        this.#tokens.delete(actions);
        answer = await this.#authorized(request, actions);
      }
      if (answer.kind === 'answered') return answer.value;
      throw failureOf(answer, deletes ? meaningsOfDeletion : meanings, 'registry_unreadable');
    });
  }

  async #authorized(
    { method, path, accept, maxBytes }: RegistryRequest,
    actions: string,
  ): Promise<Answer<HttpResponse>> {
    const { origin } = this.#deps.contexts.get(this.#contextId);
    const token = await this.#token(actions);
    const request = {
      ...{ method, url: `${origin}/v2/${this.#repository}/${path}` },
      ...{ headers: { authorization: `Bearer ${token}`, ...(accept === undefined ? {} : { accept }) } },
      ...{ timeoutMs, signal: this.#ended.signal, ...(maxBytes === undefined ? {} : { maxBytes }) },
    };
    return askService(this.#deps, request, { value: (response) => response, refusal: registryRefusal });
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
    const request = {
      ...{ method: 'GET' as const, url: `${context.origin}/v2/token?${query.toString()}` },
      ...{ headers: { authorization: `Basic ${credentials}` }, timeoutMs, signal: this.#ended.signal },
    };
    const answer = await askService(this.#deps, request, {
      value: ({ text }) => readAnswer(text, tokenAnswerSchema),
      refusal: tokenRefusal,
    });
    // The registry does not say whether it is the key that it does not know.
    if (answer.kind !== 'answered')
      throw failureOf(answer, { UNAUTHORIZED: 'key_not_registered' }, 'registry_unreadable');
    keys.markUsed(kid);
    contexts.signIns.note(context.id, kid, 'signed_in');
    return {
      token: answer.value.token,
      kid,
      until: clock.now().getTime() + (answer.value.seconds - marginSeconds) * 1000,
    };
  }
}
