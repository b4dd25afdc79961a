import { printable, printableText } from '../../contracts/domain/printable.ts';
import { json, type CommandAnswer } from './command-answer.ts';
import type { CredentialAnswer } from './credential-service.ts';

/** What a helper process does with the agent's answer. */
export interface HelperReply {
  readonly exitCode: number;
  /** One line for standard error; empty for none. */
  readonly hint: string;
  /** Text for standard output, without its last line feed; empty for none. One line, except from commands. */
  readonly output: string;
}

/** More than the longest sentence with the longest host and program name in it. */
const longestHint = 1000;

/** The calls of the helper protocol that reach the agent. */
export const credentialActions = ['get', 'store', 'erase', 'list'] as const;
export type CredentialAction = (typeof credentialActions)[number];

export function isCredentialAction(text: string): text is CredentialAction {
  return credentialActions.some((action) => action === text);
}

/** Media type by which a helper asks for `formatReply`'s text in the place of JSON. */
export const helperMediaType = 'application/x-keyhold-helper';

/**
 * The sentence that clients know and that lets them go on without a sign-in; to be written to standard output
 * (docker/docker-credential-helpers, credentials/error.go).
 */
const notFound = 'credentials not found in native keychain';

/**
 * What a helper makes of an answer. Both texts go to a terminal: nothing in them steers it, whatever is in the names
 * that they tell.
 */
export function replyOf(answer: CredentialAnswer | CommandAnswer): HelperReply {
  const { exitCode, hint, output } = textsOf(answer);
  return { exitCode, hint: printable(hint, longestHint), output: printableText(output) };
}

function textsOf(answer: CredentialAnswer | CommandAnswer): HelperReply {
  switch (answer.kind) {
    case 'done':
      return { exitCode: answer.exitCode, hint: '', output: answer.output };
    case 'failed':
      return { exitCode: answer.exitCode, hint: answer.message, output: '' };
    case 'credential':
      return { exitCode: 0, hint: '', output: json(answer.credential) };
    case 'users':
      return { exitCode: 0, hint: '', output: json(answer.users) };
    case 'ignored':
      return { exitCode: 0, hint: answer.message, output: '' };
    case 'refused':
      return { exitCode: 1, hint: answer.message, output: notFound };
  }
}

/**
 * What a helper does when it gets no answer: a client that only pulls public images has to go on, storing and
 * erasing never fail, and a list is empty.
 */
export function replyWithout(action: CredentialAction, hint: string): HelperReply {
  switch (action) {
    case 'get':
      return { exitCode: 1, hint, output: notFound };
    case 'list':
      return { exitCode: 0, hint, output: '{}' };
    case 'store':
      return { exitCode: 0, hint: `The password was not kept. ${hint}`, output: '' };
    case 'erase':
      return { exitCode: 0, hint: '', output: '' };
  }
}

/**
 * A reply as a shell takes it apart without starting a program: the exit code, a space and the hint on the first
 * line, the output on the second. The second line is left out when there is no output.
 */
export function formatReply({ exitCode, hint, output }: HelperReply): string {
  return `${exitCode} ${hint}\n${output === '' ? '' : `${output}\n`}`;
}

/** Reads `formatReply`'s text; null for anything else. */
export function parseReply(text: string): HelperReply | null {
  const match = /^([01]) ([^\n]*)\n(?:([^\n]+)\n)?$/.exec(text);
  if (!match) return null;
  return { exitCode: match[1] === '0' ? 0 : 1, hint: match[2] ?? '', output: match[3] ?? '' };
}
