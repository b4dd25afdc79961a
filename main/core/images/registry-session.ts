import { z } from 'zod';
import type { ErrorCode } from '../../../contracts/errors.ts';
import type { ContextService } from '../contexts/context-service.ts';
import { readAnswer } from '../service/read-answer.ts';
import { bearer } from '../service/authorization.ts';
import { askService, failureOf } from '../service/client.ts';
import type { Answer, ServiceDeps } from '../service/client.ts';
import { registryRefusal, tokenRefusal } from '../service/dialects/registry.ts';
import type { HttpResponse } from '../ports/http.ts';
import type { Credentials } from '../credentials/credentials.ts';
import { Turns } from '../lib/turns.ts';

const timeoutMs = 10_000;
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

const errorCodes: Readonly<Record<string, ErrorCode>> = {
  NAME_UNKNOWN: 'repository_gone',
  MANIFEST_UNKNOWN: 'tag_gone',
  UNAUTHORIZED: 'not_allowed',
  DENIED: 'not_allowed',
  TOOMANYREQUESTS: 'server_unreachable',
};
/** Registries refuse to delete what may be deleted in others. */
const errorCodesOfDeletion = { ...errorCodes, UNSUPPORTED: 'deletion_off' } as const;

export interface SessionDeps extends ServiceDeps {
  contexts: Pick<ContextService, 'get'>;
  credentials: Credentials;
}

/** A registry token, with the credential that it was bought with and its end, in milliseconds. */
interface BoughtToken {
  token: string;
  credentialId: string;
  until: number;
}

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
  readonly #tokens = new Map<string, Promise<BoughtToken>>();

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
   * @throws KeyholdError as `Credentials.registryLogin`; `server_unreachable`, also once the session has ended; `repository_gone`,
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
      throw failureOf(answer, deletes ? errorCodesOfDeletion : errorCodes, 'registry_unreadable');
    });
  }

  async #authorized(
    { method, path, accept, maxBytes }: RegistryRequest,
    actions: string,
  ): Promise<Answer<HttpResponse>> {
    const { origin } = this.#deps.contexts.get(this.#contextId);
    const token = await this.#token(actions);
    const request = {
      method,
      url: `${origin}/v2/${this.#repository}/${path}`,
      headers: { ...bearer(token), ...(accept === undefined ? {} : { accept }) },
      timeoutMs,
      signal: this.#ended.signal,
      ...(maxBytes === undefined ? {} : { maxBytes }),
    };
    return askService(this.#deps, request, { value: (response) => response, refusal: registryRefusal });
  }

  /** A registry token for these actions: the one at hand as long as it lives, for any number of requests. */
  async #token(actions: string): Promise<string> {
    const now = this.#deps.clock.now().getTime();
    const { contexts, credentials } = this.#deps;
    const current = credentials.idOf(contexts.get(this.#contextId));
    const held = this.#tokens.get(actions);
    if (held !== undefined) {
      const { token, until, credentialId } = await held;
      // A token does not outlive here the credential that it was bought with.
      if (now < until && credentialId === current) return token;
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

  async #askForToken(actions: string): Promise<BoughtToken> {
    const { clock, contexts, credentials } = this.#deps;
    const context = contexts.get(this.#contextId);
    const { username, secret, credentialId, notAccepted, note } = await credentials.registryLogin(context);
    const query = new URLSearchParams({
      service: context.host,
      scope: `repository:${this.#repository}:${actions}`,
    });
    const basic = Buffer.from(`${username}:${secret}`).toString('base64');
    const request = {
      method: 'GET' as const,
      url: `${context.origin}/v2/token?${query.toString()}`,
      headers: { authorization: `Basic ${basic}` },
      timeoutMs,
      signal: this.#ended.signal,
    };
    const answer = await askService(this.#deps, request, {
      value: ({ text }) => readAnswer(text, tokenAnswerSchema),
      refusal: tokenRefusal,
    });
    // The registry does not say whether it is the credential that it does not know.
    if (answer.kind !== 'answered')
      throw failureOf(answer, { UNAUTHORIZED: notAccepted }, 'registry_unreadable');
    note('signed_in');
    return {
      token: answer.value.token,
      credentialId,
      until: clock.now().getTime() + (answer.value.seconds - marginSeconds) * 1000,
    };
  }
}
