import { apiErrorBodySchema } from '../../contracts/server-api/errors.ts';
import { loginResponseSchema } from '../../contracts/server-api/sign-in.ts';
import type { TestServer } from './server.ts';
import type { TestKey } from './test-key.ts';

export interface CallOptions {
  method?: string;
  /** Bearer token. */
  token?: string;
  /** Sent as JSON. */
  body?: unknown;
}

export interface CallResult {
  status: number;
  headers: Headers;
  body: unknown;
}

/** One API request; the body of the answer as JSON, or undefined when there is none. */
export async function call(server: TestServer, path: string, options: CallOptions = {}): Promise<CallResult> {
  const response = await fetch(new URL(path, server.origin), {
    method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

/** The code of an error answer; fails when the body is not the contract's. */
export function errorCode(result: CallResult): string {
  return apiErrorBodySchema.parse(result.body).error.code;
}

/** What of a refused request is in the way; its code where that says all. */
export function because(result: CallResult): string {
  const { code, details } = apiErrorBodySchema.parse(result.body).error;
  return details?.because ?? code;
}

/** The session token of a demo user. */
export async function signIn(server: TestServer, username: string): Promise<string> {
  const { password } = server.user(username);
  const { body } = await call(server, '/v1/auth/login', { body: { username, password } });
  return loginResponseSchema.parse(body).token;
}

/** Registers a key of a demo user over the API; gives the session token used for it. */
export async function registerTestKey(server: TestServer, username: string, key: TestKey): Promise<string> {
  const session = await signIn(server, username);
  const registrationToken = await key.registrationToken(server.user(username).id, server.origin);
  const { status } = await call(server, '/v1/keys', {
    token: session,
    body: { registration_token: registrationToken },
  });
  if (status !== 201) throw new Error(`Registering a test key answered ${String(status)}`);
  return session;
}
