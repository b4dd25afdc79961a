import { keysPath } from '../../contracts/server-api/keys.ts';
import type { SignInParts } from '../unit/main/signin/sign-in-parts.ts';
import { call } from './server-client.ts';
import type { TestServer } from './server.ts';

/**
 * What a user does with the registration token, up to the point where the app has noticed.
 *
 * @param session - The user's, from `signIn`.
 */
export async function registerContext(
  parts: SignInParts,
  contextId: string,
  server: TestServer,
  session: string,
): Promise<void> {
  const registered = parts.until(({ phase }) => phase === 'registered');
  const body = { registration_token: parts.registration.token(contextId) };
  const { status } = await call(server, keysPath, { token: session, body });
  if (status !== 201) throw new Error(`Registering the app's key answered ${String(status)}`);
  parts.registration.wait(contextId);
  await registered;
}
