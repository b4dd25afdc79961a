import { createHash, randomBytes } from 'node:crypto';
import { authorizePath, cliExchangePath } from '../../contracts/server-api/kisenon/loopback.ts';
import { call } from './server-client.ts';
import type { CallResult } from './server-client.ts';
import type { TestServer } from './server.ts';

/** Where no program listens: the browser is only told to go there. */
export const loopbackAddress = 'http://127.0.0.1:9/callback';

/** What a program keeps to itself and what it asks with (RFC 7636). */
export interface LoopbackProgram {
  verifier: string;
  query: Record<string, string>;
}

/** A program that wants to sign in, asking as the contract has it. `changes` with undefined leave something out. */
export function newProgram(changes: Record<string, string | undefined> = {}): LoopbackProgram {
  const verifier = randomBytes(32).toString('base64url');
  const all = {
    redirect_uri: loopbackAddress,
    state: randomBytes(16).toString('hex'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    client_name: 'keon',
    device: 'maya-laptop',
    ...changes,
  };
  const query = Object.entries<string | undefined>(all).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return { verifier, query: Object.fromEntries(query) };
}

export function authorizeAddress(server: TestServer, query: Record<string, string>): string {
  return `${server.origin}${authorizePath}?${new URLSearchParams(query).toString()}`;
}

/** The cookies of a browser with this session, and the secret of a form that was shown in it. */
export interface FormBrowser {
  cookie: string;
  csrf: string;
}

/** Opens a page of ours in the browser of a session. */
export async function openForm(
  server: TestServer,
  session: string,
  query: Record<string, string>,
): Promise<FormBrowser> {
  const own = `keyhold_session_${new URL(server.origin).port}=${session}`;
  const page = await fetch(authorizeAddress(server, query), { headers: { cookie: own }, redirect: 'manual' });
  const secrets = page.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  const csrf = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
  return { cookie: [own, ...secrets].join('; '), csrf };
}

/** Answers a program's question as the page's form does. */
export async function answerForm(
  server: TestServer,
  { cookie, csrf }: FormBrowser,
  fields: Record<string, string>,
): Promise<Response> {
  return fetch(`${server.origin}${authorizePath}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, origin: server.origin },
    body: new URLSearchParams({ _csrf: csrf, answer: 'authorize', org: 'acme', ...fields }),
  });
}

/** The code that a person of this session allows a program. @throws Error where it is refused. */
export async function allowedCode(
  server: TestServer,
  session: string,
  { query }: LoopbackProgram,
): Promise<string> {
  const response = await answerForm(server, await openForm(server, session, query), query);
  const location = response.headers.get('location');
  if (response.status === 303 && location !== null) return new URL(location).searchParams.get('code') ?? '';
  const shown = /id="code"[^>]* value="([^"]+)"/.exec(await response.text())?.[1];
  if (shown === undefined) throw new Error(`There is no code in an answer ${String(response.status)}.`);
  return shown;
}

/** What a program does with its code. */
export function exchange(
  server: TestServer,
  { verifier, query }: LoopbackProgram,
  code: string,
  changes: Record<string, unknown> = {},
): Promise<CallResult> {
  const redirect = query['redirect_uri'] === undefined ? {} : { redirect_uri: query['redirect_uri'] };
  return call(server, cliExchangePath, { body: { code, code_verifier: verifier, ...redirect, ...changes } });
}
