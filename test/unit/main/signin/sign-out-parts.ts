import { fetchHttpClient } from '../../../../main/adapters/http-client.ts';
import { systemRandom } from '../../../../main/adapters/random.ts';
import { systemClock } from '../../../../main/adapters/clock.ts';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import { Credentials, type RevokedCredential } from '../../../../main/core/credentials/credentials.ts';
import type { HttpClient } from '../../../../main/core/ports/http.ts';
import { SignOut } from '../../../../main/core/signin/sign-out.ts';
import { registryParts } from '../registries/registry-parts.ts';
import type { RegistryParts } from '../registries/registry-parts.ts';

export interface SignOutParts extends RegistryParts {
  signOut: SignOut;
}

/**
 * Signing out with all that it touches: a real vault, Podman's auth file, and HTTP.
 *
 * @param around - Puts something around the requests, such as a wait.
 */
export async function signOutParts(
  around: (http: HttpClient) => HttpClient = (http) => http,
): Promise<SignOutParts> {
  const whole = await registryParts();
  const { vault, activity, contexts, keys, registration } = whole.parts;
  const logger = fileLogger(whole.home, 'silent');
  const http = around(fetchHttpClient(fetch));
  const random = systemRandom;
  const credentials = new Credentials({ vault, keys, activity, http, logger, random, clock: systemClock });
  const { registries } = whole;
  const signOut = new SignOut({
    ...{ vault, contexts, credentials, registration, registries, logger },
    browserSignIn: { endOf: () => undefined },
  });
  return { ...whole, signOut };
}

/** What signing out is told where no service was asked. */
export const nothingRevoked: RevokedCredential = { credentials: [], words: 'revoked', refused: new Set() };
