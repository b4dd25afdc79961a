import { createRemoteJWKSet, customFetch as jwksFetch, errors } from 'jose';
import type { JWTVerifyGetKey } from 'jose';
import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  customFetch,
  discovery,
  None,
} from 'openid-client';
import type { ClientAuth, Configuration } from 'openid-client';
import { printable } from '../../../contracts/domain/printable.ts';
import type { Provider, ProviderClient } from '../../config/provider.ts';
import { ApiError } from '../../http/api-error.ts';
import { isLocalHttp, mayAsk, providerFetch } from './provider-fetch.ts';

/** How long a provider may take for an answer, seconds. */
const patience = 10;
/** How long what a provider says of itself counts, milliseconds. */
const descriptionLife = 3_600_000;
/** Least time between two looks for keys that are not known, milliseconds: unknown ones cost nothing. */
const keysPause = 10_000;

/** A provider as it describes itself (OpenID Connect Discovery 1.0). */
interface Described {
  client: Configuration;
  /** Its keys, kept ten minutes; for one that is not among them it is asked again. */
  keys: JWTVerifyGetKey;
}

/** A provider that people sign in with. It is asked about itself when it is first needed. */
export class OidcProvider<Settings extends ProviderClient = Provider> {
  readonly settings: Settings;
  readonly #now: () => Date;
  #described: Promise<Described> | null = null;
  #describedAt = 0;

  constructor(settings: Settings, now: () => Date) {
    this.settings = settings;
    this.#now = now;
  }

  /** What it says of itself. @throws ApiError 502 `provider_unreachable`. */
  describe(): Promise<Described> {
    const now = this.#now().getTime();
    if (this.#described !== null && now - this.#describedAt < descriptionLife) return this.#described;
    this.#describedAt = now;
    const described = this.#ask().catch((error: unknown) => {
      // Who comes next asks anew.
      if (this.#described === described) this.#described = null;
      throw this.unreachable(error);
    });
    this.#described = described;
    return described;
  }

  /** The refusal where the provider does not answer as it should; the reason is for the log. */
  unreachable(reason: unknown): ApiError {
    const { name } = this.settings;
    return new ApiError(
      'provider_unreachable',
      `${name} cannot be reached, or does not answer as it should. Try again in a minute, or sign in another way.`,
      { cause: new Error(`${name}: ${printable(wordsOf(reason))}`) },
    );
  }

  async #ask(): Promise<Described> {
    const { issuer, clientId, clientSecret } = this.settings;
    const fetch = providerFetch(issuer);
    const client = await discovery(new URL(issuer), clientId, undefined, authentication(clientSecret), {
      timeout: patience,
      [customFetch]: fetch,
      // `fetch` says where.
      execute: isLocalHttp(issuer) ? [allowInsecureRequests] : [],
    });
    const { issuer: named, jwks_uri: keysAddress, authorization_endpoint: page } = client.serverMetadata();
    // The library takes another spelling of it.
    if (named !== issuer) throw new Error(`it calls itself ${named} and not ${issuer}`);
    if (!mayAsk(issuer, keysAddress) || !mayAsk(issuer, page))
      throw new Error('its description is not whole');
    return { client, keys: this.#keysAt(new URL(keysAddress), fetch) };
  }

  #keysAt(address: URL, fetch: ReturnType<typeof providerFetch>): JWTVerifyGetKey {
    let lookedAt = 0;
    const keys = createRemoteJWKSet(address, {
      timeoutDuration: patience * 1000,
      // The library would pause from the first answer on: a key that is new by then would have to wait.
      cooldownDuration: 0,
      [jwksFetch]: (url: string, init: object) => {
        // It has fresh ones, and looks for one that is not among them.
        if (keys.fresh) {
          if (Date.now() - lookedAt < keysPause) throw new errors.JWKSNoMatchingKey();
          lookedAt = Date.now();
        }
        return fetch(url, init);
      },
    });
    return keys;
  }
}

/** How a client shows who it is: as a provider says, and by Basic where it does not (OpenID Connect Discovery 1.0, 3). */
function authentication(secret: string | null): ClientAuth {
  if (secret === null) return None();
  return (server, ...request) => {
    const supported = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const method = supported.includes('client_secret_basic') ? ClientSecretBasic : ClientSecretPost;
    method(secret)(server, ...request);
  };
}

/** What went wrong, in the words and codes of the errors. The rest of an answer is not repeated: it may be secret. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  // Its own words have a piece of the text.
  if (error instanceof SyntaxError) return 'it is not JSON';
  const named = 'error' in error ? error.error : 'code' in error ? error.code : undefined;
  const code = typeof named === 'string' ? ` (${named})` : '';
  const cause = error.cause instanceof Error ? `: ${wordsOf(error.cause)}` : '';
  return `${error.message}${code}${cause}`;
}
