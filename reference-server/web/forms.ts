import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ApiError } from '../http/api-error.ts';
// The words of issues are its.
import '../http/validation-words.ts';
import type { Notice } from './views.ts';

/** What a form that was refused is shown anew with. */
export interface Problem {
  notice: Notice;
  /** What is wrong, by name of the field. */
  errors: Readonly<Record<string, string>>;
}

/** A text field of a form. Its contents are checked when the form is done, so that a mistake does not lose the others. */
export const textField = z.string().max(20_000).default('');

/** Fields of a form beside the CSRF token. Others are refused. */
export function formBody<Fields extends z.core.$ZodShape>(fields: Fields) {
  return z.strictObject({ _csrf: z.string(), ...fields });
}

/**
 * What was typed, as the contract has it.
 *
 * @throws ApiError 400 with what is wrong with each field.
 */
export function readFields<Schema extends z.ZodType>(schema: Schema, fields: object): z.output<Schema> {
  const { success, data, error } = schema.safeParse(fields);
  if (success) return data;
  const issues = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new ApiError('invalid_request', 'Look at the fields that are marked.', { details: { issues } });
}

/**
 * Does what a form asks for.
 *
 * @param title - What did not happen: "The organization was not renamed".
 * @returns What became of it, or the problem, whose status the reply then has.
 * @throws what is no refusal.
 */
export async function tryForm<Done>(
  reply: FastifyReply,
  title: string,
  run: () => Promise<Done>,
): Promise<{ done: Done; problem: null } | { done: null; problem: Problem }> {
  try {
    return { done: await run(), problem: null };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    reply.code(error.status);
    if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds);
    return { done: null, problem: problemOf(error, title) };
  }
}

/** What cannot be undone is done only when its name was typed. @throws ApiError 400 */
export function requireTyped(typed: string, name: string): void {
  if (typed.trim() === name) return;
  const message = `Type ${name} as it is written.`;
  throw new ApiError('invalid_request', message, { details: { issues: [{ path: 'typed', message }] } });
}

function problemOf({ message, details }: ApiError, title: string): Problem {
  const errors: Record<string, string> = {};
  for (const { path, message: words } of details?.issues ?? []) {
    // Of `emails.2` the field is `emails`.
    errors[path.split('.')[0] ?? ''] ??= words;
  }
  return { notice: { tone: 'error', title, text: message }, errors };
}
