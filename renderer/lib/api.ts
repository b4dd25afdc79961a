import type { ErrorCode, ErrorDetails, Result } from '../../contracts/errors.ts';
import type { Caller } from '../../contracts/ipc/define.ts';
import type { IpcCalls, KeyholdApi } from '../../contracts/ipc/index.ts';

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: CallError;
  }
}

declare global {
  interface Window {
    readonly keyhold: KeyholdApi;
  }
}

/** The main process, as the preload bundle exposes it. */
export function keyhold(): KeyholdApi {
  return window.keyhold;
}

type Succeeded<Answered> = Answered extends { ok: true; value: infer Value } ? Value : never;

/** What a call of the contract answers when it succeeds. */
export type Answer<Group extends keyof IpcCalls, Name extends keyof IpcCalls[Group]> =
  Caller<IpcCalls[Group][Name]> extends (...args: never) => Promise<infer Answered>
    ? Succeeded<Answered>
    : never;

/** A call that the main process refused or could not carry out. The words for it are in error-text.ts. */
export class CallError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(code);
    this.name = 'CallError';
    this.code = code;
    this.details = details;
  }
}

/**
 * Turns a call's `Result` into its value.
 * @throws CallError with the code of the failure; `internal` when the call itself broke off.
 */
export async function valueOf<Value>(call: Promise<Result<Value>>): Promise<Value> {
  const result = await call.catch((): Result<Value> => ({ ok: false, error: { code: 'internal' } }));
  if (result.ok) return result.value;
  throw new CallError(result.error.code, result.error.details);
}

/** Makes a `CallError` of whatever was thrown, so that there are words for it. */
export function asCallError(error: unknown): CallError {
  return error instanceof CallError ? error : new CallError('internal');
}
