import type { IncomingMessage } from 'node:http';
import type { Callers, Logger } from '../core/ports.ts';
import type { AgentAnswer, RequestProblem } from './agent-answer.ts';
import {
  commandAnswer,
  commandProblemAnswer,
  credentialAnswer,
  helperAnswer,
  helperProblemAnswer,
  jsonAnswer,
  problemAnswer,
} from './agent-answer.ts';
import type { CommandService } from './command-service.ts';
import type { Asker, CredentialAnswer, CredentialService } from './credential-service.ts';
import type { CredentialAction } from './helper-reply.ts';
import { helperMediaType, isCredentialAction } from './helper-reply.ts';

/** The host that callers name. A web page that is led to the agent would name another one. */
export const agentHost = 'keyhold';

/** Header field in which our scripts name their process id, for the person to see who asks: a hint, no proof. */
export const callerField = 'keyhold-caller';

/** Longest request body, bytes. */
const maxBodyBytes = 64 * 1024;

const credentialPath = '/v1/credential/';

/** The paths beside those of the credential protocol, and their methods. */
const paths = {
  '/v1/status': { kind: 'status', method: 'GET' },
  '/v1/contexts': { kind: 'contexts', method: 'GET' },
  '/v1/token': { kind: 'token', method: 'POST' },
  '/v1/command': { kind: 'command', method: 'POST' },
} as const;

type Route =
  | (typeof paths)[keyof typeof paths]
  | { readonly kind: 'credential'; readonly method: 'POST'; readonly action: CredentialAction };

export interface AgentRequestDeps {
  credentials: CredentialService;
  commands: CommandService;
  callers: Callers;
  logger: Logger;
}

/**
 * Answers one HTTP request to the agent. Never throws: what goes wrong is logged and answered.
 *
 * @param gone - As `Asker.gone`.
 */
export async function answerRequest(
  request: IncomingMessage,
  deps: AgentRequestDeps,
  gone: NonNullable<Asker['gone']>,
): Promise<AgentAnswer> {
  const route = routeOf(request.url ?? '');
  const fail = (problem: RequestProblem): AgentAnswer => answerProblem(problem, request, route);
  const body = await readBody(request);
  if (!isFromProgram(request)) return fail('forbidden');
  if (!route) return fail('not_found');
  if (request.method !== route.method)
    return { ...fail('method_not_allowed'), headers: { allow: route.method } };
  if (body === null) return fail('payload_too_large');
  try {
    return await answerRoute(route, request, body, deps, { caller: callerOf(request, deps.callers), gone });
  } catch (error) {
    deps.logger.error('agent.request_failed', error);
    return fail('internal');
  }
}

async function answerRoute(
  route: Route,
  request: IncomingMessage,
  body: string,
  { credentials, commands }: AgentRequestDeps,
  asker: Asker,
): Promise<AgentAnswer> {
  switch (route.kind) {
    case 'status':
      return jsonAnswer(200, { app: 'keyhold', vault: credentials.vaultState() });
    case 'contexts':
      return commandAnswer(await commands.run(['contexts', '--json'], asker));
    case 'token':
      return commandAnswer(await commands.token(body, asker));
    case 'command':
      return helperAnswer(await commands.run(wordsOf(body), asker));
    case 'credential': {
      const answer = await askCredentials(credentials, route.action, body, asker);
      return wantsHelperForm(request) ? helperAnswer(answer) : credentialAnswer(answer);
    }
  }
}

function askCredentials(
  credentials: CredentialService,
  action: CredentialAction,
  body: string,
  asker: Asker,
): CredentialAnswer | Promise<CredentialAnswer> {
  switch (action) {
    case 'get':
      return credentials.get(body, asker);
    case 'list':
      return credentials.list();
    case 'store':
      return credentials.store(body);
    case 'erase':
      return credentials.erase();
  }
}

/** The words of a command as the script sends them: each with a line feed after it. */
function wordsOf(body: string): string[] {
  return body === '' ? [] : body.replace(/\n$/, '').split('\n');
}

function callerOf(request: IncomingMessage, callers: Callers): Asker['caller'] {
  const field = request.headers[callerField];
  return typeof field === 'string' && /^[1-9]\d{0,8}$/.test(field) ? callers.callerOf(Number(field)) : null;
}

function answerProblem(problem: RequestProblem, request: IncomingMessage, route: Route | null): AgentAnswer {
  if (route?.kind === 'command') return commandProblemAnswer(problem);
  return route?.kind === 'credential' && wantsHelperForm(request)
    ? helperProblemAnswer(problem, route.action)
    : problemAnswer(problem);
}

/** Paths are taken as they come: nothing is decoded, no query is known. */
function routeOf(path: string): Route | null {
  if (isKnownPath(path)) return paths[path];
  if (!path.startsWith(credentialPath)) return null;
  const action = path.slice(credentialPath.length);
  return isCredentialAction(action) ? { kind: 'credential', method: 'POST', action } : null;
}

function isKnownPath(path: string): path is keyof typeof paths {
  return Object.hasOwn(paths, path);
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
function readBody(request: IncomingMessage): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBodyBytes) chunks.push(chunk);
    });
    request.on('end', () => resolve(length > maxBodyBytes ? null : Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
    request.on('close', () => {
      if (!request.complete) reject(new Error('broken off'));
    });
  });
}
