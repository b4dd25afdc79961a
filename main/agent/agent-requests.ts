import type { IncomingMessage } from 'node:http';
import type { Logger } from '../core/ports.ts';
import type { AgentAnswer, RequestProblem } from './agent-answer.ts';
import {
  credentialAnswer,
  helperAnswer,
  helperProblemAnswer,
  jsonAnswer,
  problemAnswer,
} from './agent-answer.ts';
import type { CredentialAnswer, CredentialService } from './credential-service.ts';
import type { CredentialAction } from './helper-reply.ts';
import { helperMediaType, isCredentialAction } from './helper-reply.ts';

/** The host that callers name. A web page that is led to the agent would name another one. */
export const agentHost = 'keyhold';

/** Longest request body, bytes. */
const maxBodyBytes = 64 * 1024;

const credentialPath = '/v1/credential/';
const statusPath = '/v1/status';

type Route = { readonly kind: 'status' } | { readonly kind: 'credential'; readonly action: CredentialAction };

/** Answers one HTTP request to the agent. Never throws: what goes wrong is logged and answered. */
export async function answerRequest(
  request: IncomingMessage,
  credentials: CredentialService,
  logger: Logger,
): Promise<AgentAnswer> {
  const route = routeOf(request.url ?? '');
  const fail = (problem: RequestProblem): AgentAnswer => answerProblem(problem, request, route);
  const body = await readBody(request);
  if (!isFromProgram(request)) return fail('forbidden');
  if (!route) return fail('not_found');
  const method = route.kind === 'status' ? 'GET' : 'POST';
  if (request.method !== method) return { ...fail('method_not_allowed'), headers: { allow: method } };
  if (body === null) return fail('payload_too_large');
  try {
    if (route.kind === 'status') return jsonAnswer(200, { app: 'keyhold', vault: credentials.vaultState() });
    const answer = await askCredentials(credentials, route.action, body);
    return wantsHelperForm(request) ? helperAnswer(answer) : credentialAnswer(answer);
  } catch (error) {
    logger.error('agent.request_failed', error);
    return fail('internal');
  }
}

function askCredentials(
  credentials: CredentialService,
  action: CredentialAction,
  body: string,
): CredentialAnswer | Promise<CredentialAnswer> {
  switch (action) {
    case 'get':
      return credentials.get(body);
    case 'list':
      return credentials.list();
    case 'store':
      return credentials.store();
    case 'erase':
      return credentials.erase();
  }
}

function answerProblem(problem: RequestProblem, request: IncomingMessage, route: Route | null): AgentAnswer {
  return route?.kind === 'credential' && wantsHelperForm(request)
    ? helperProblemAnswer(problem, route.action)
    : problemAnswer(problem);
}

/** Paths are taken as they come: nothing is decoded, no query is known. */
function routeOf(path: string): Route | null {
  if (path === statusPath) return { kind: 'status' };
  if (!path.startsWith(credentialPath)) return null;
  const action = path.slice(credentialPath.length);
  return isCredentialAction(action) ? { kind: 'credential', action } : null;
}

/** Browsers name the page's origin, and the host that they believe to talk to. */
function isFromProgram(request: IncomingMessage): boolean {
  return request.headers.origin === undefined && request.headers.host === agentHost;
}

function wantsHelperForm(request: IncomingMessage): boolean {
  return request.headers.accept === helperMediaType;
}

/**
 * Reads the body to its end, so that the answer to one that is too long is not lost in a broken connection; what
 * is beyond the limit is not kept. The server's time limit ends a body that never ends.
 *
 * @returns null when it is too long
 */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= maxBodyBytes) chunks.push(chunk);
  }
  return length > maxBodyBytes ? null : Buffer.concat(chunks).toString('utf8');
}
