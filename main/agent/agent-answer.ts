import { exitCodes, failed, json, type CommandAnswer } from './command-answer.ts';
import type { CredentialAnswer, RefusalReason } from './credential-service.ts';
import type { CredentialAction } from './helper-reply.ts';
import { formatReply, helperMediaType, replyOf, replyWithout } from './helper-reply.ts';

/** An HTTP answer of the agent. */
export interface AgentAnswer {
  readonly status: number;
  readonly mediaType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is wrong with a request itself, whoever asked. */
export type RequestProblem =
  | 'bad_request'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'request_timeout'
  | 'payload_too_large'
  | 'headers_too_large'
  | 'internal';

const problems: Readonly<Record<RequestProblem, { status: number; message: string }>> = {
  bad_request: { status: 400, message: 'This is not an HTTP request that Keyhold understands.' },
  forbidden: { status: 403, message: 'Keyhold does not answer web pages: send Host: keyhold and no Origin.' },
  not_found: { status: 404, message: 'Keyhold has nothing under this path.' },
  method_not_allowed: { status: 405, message: 'This path does not take this method.' },
  request_timeout: { status: 408, message: 'The request did not arrive within 5 seconds.' },
  payload_too_large: { status: 413, message: 'The request is longer than 64 KiB.' },
  headers_too_large: { status: 431, message: 'The header fields of the request are too long.' },
  internal: { status: 500, message: 'Keyhold could not do this. Its log says why.' },
};

const refusalStatus: Readonly<Record<RefusalReason, number>> = {
  invalid_server: 400,
  unknown_host: 404,
  no_account_chosen: 409,
  vault_missing: 409,
  key_not_registered: 409,
  signed_out: 409,
  key_expired: 409,
  api_key_refused: 409,
  api_key_expired: 409,
  session_expired: 409,
  approval_pending: 409,
  server_unreachable: 502,
  denied: 403,
  not_answered: 403,
  vault_locked: 423,
  vault_unreadable: 500,
};

export function jsonAnswer(status: number, value: unknown): AgentAnswer {
  return { status, mediaType: 'application/json', body: `${json(value)}\n` };
}

/** The answer to a credential call, as JSON. */
export function credentialAnswer(answer: CredentialAnswer): AgentAnswer {
  switch (answer.kind) {
    case 'credential':
      return jsonAnswer(200, answer.credential);
    case 'users':
      return jsonAnswer(200, answer.users);
    case 'ignored':
      return jsonAnswer(200, { message: answer.message });
    case 'refused':
      return jsonAnswer(refusalStatus[answer.reason], errorBody(answer.reason, answer.message));
  }
}

/** The answer to a command, as JSON: its output is JSON itself. */
export function commandAnswer(answer: CommandAnswer): AgentAnswer {
  if (answer.kind === 'done')
    return { status: 200, mediaType: 'application/json', body: `${answer.output}\n` };
  return jsonAnswer(commandStatus[answer.exitCode] ?? 409, errorBody(answer.code, answer.message));
}

/** HTTP statuses of what keeps a command from being done, by its exit code. */
const commandStatus: Readonly<Record<number, number>> = {
  [exitCodes.usage]: 400,
  [exitCodes.denied]: 403,
  [exitCodes.locked]: 423,
};

/** The answer to a credential call in the form that the helper script reads. */
export function helperAnswer(answer: CredentialAnswer | CommandAnswer): AgentAnswer {
  return { status: 200, mediaType: helperMediaType, body: formatReply(replyOf(answer)) };
}

export function problemAnswer(problem: RequestProblem): AgentAnswer {
  const { status, message } = problems[problem];
  return jsonAnswer(status, errorBody(problem, message));
}

/** A problem in the form that the helper script reads: the client goes on as without Keyhold. */
export function helperProblemAnswer(problem: RequestProblem, action: CredentialAction): AgentAnswer {
  const { status, message } = problems[problem];
  return { status, mediaType: helperMediaType, body: formatReply(replyWithout(action, message)) };
}

/** A problem in the form that the script of commands reads. */
export function commandProblemAnswer(problem: RequestProblem): AgentAnswer {
  return helperAnswer(failed(exitCodes.failed, problem, problems[problem].message));
}

function errorBody(code: string, message: string): unknown {
  return { error: { code, message } };
}
