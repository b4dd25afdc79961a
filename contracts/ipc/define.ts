import type { z } from 'zod';
import type { CommonErrorCode, ErrorCode, Result } from '../errors.ts';

/** What must be so before a call runs: the vault is unlocked, or nothing. */
type Need = 'unlocked' | 'nothing';

/** One call from the window to the main process: what it needs, what goes in, what comes out, what may go wrong. */
export interface CallSpec<
  Request extends z.ZodType = z.ZodType,
  Response extends z.ZodType = z.ZodType,
  Code extends ErrorCode = ErrorCode,
> {
  readonly needs: Need;
  readonly request: Request;
  readonly response: Response;
  readonly errors: readonly Code[];
  /**
   * Members of the answer, at whatever depth, whose texts come as they are. In all others what cannot be seen is written out,
   * which makes them other texts: what is decided by, saved again or copied is to be named here, and shown by `printable`.
   */
  readonly verbatim: readonly string[];
}

/**
 * Declares a call. It needs the unlocked vault unless it says `needs: 'nothing'`; main refuses it with `vault_locked`
 * otherwise, so those calls do not name that error themselves. Requests are strict objects or `z.undefined()`; strings
 * in them carry a length limit.
 */
export function call<
  Request extends z.ZodType,
  Response extends z.ZodType,
  const Code extends ErrorCode = never,
  Needs extends Need = 'unlocked',
>(spec: {
  needs?: Needs;
  request: Request;
  response: Response;
  errors?: readonly Code[];
  verbatim?: readonly string[];
}): CallSpec<Request, Response, Code | (Needs extends 'unlocked' ? 'vault_locked' : never)>;
export function call({
  needs = 'unlocked',
  errors = [],
  verbatim = [],
  ...schemas
}: Partial<CallSpec>): Partial<CallSpec> {
  return { ...schemas, needs, verbatim, errors: needs === 'unlocked' ? ['vault_locked', ...errors] : errors };
}

type CallGroups = Readonly<Record<string, Readonly<Record<string, CallSpec>>>>;
type EventSpecs = Readonly<Record<string, z.ZodType>>;

type RequestArgs<Request> = [Request] extends [undefined] ? [] : [request: Request];

/**
 * What a handler in main looks like: it gets the checked request and answers the value, if the call has one, or throws
 * `KeyholdError`.
 */
export type Handler<Spec> =
  Spec extends CallSpec<infer Request, infer Response>
    ? HandlerOf<RequestArgs<z.output<Request>>, z.input<Response>>
    : never;

type HandlerOf<Args extends unknown[], Value> = [Value] extends [undefined]
  ? (...args: Args) => void | Promise<void>
  : (...args: Args) => Value | Promise<Value>;

export type HandlersOf<Groups extends CallGroups> = {
  readonly [Group in keyof Groups]: {
    readonly [Name in keyof Groups[Group]]: Handler<Groups[Group][Name]>;
  };
};

/** What the window calls: the same names, answering a `Result`. */
export type Caller<Spec> =
  Spec extends CallSpec<infer Request, infer Response, infer Code>
    ? (...args: RequestArgs<z.input<Request>>) => Promise<Result<z.output<Response>, Code | CommonErrorCode>>
    : never;

export type CallersOf<Groups extends CallGroups> = {
  readonly [Group in keyof Groups]: {
    readonly [Name in keyof Groups[Group]]: Caller<Groups[Group][Name]>;
  };
};

/** Subscribes to an event and answers the function that ends the subscription. */
export type SubscribersOf<Events extends EventSpecs> = {
  readonly [Name in keyof Events]: (listener: (payload: z.output<Events[Name]>) => void) => () => void;
};

/** The names of a contract without its schemas: all that the preload bundle needs. */
export interface ContractNames {
  readonly calls: Readonly<Record<string, readonly string[]>>;
  readonly events: readonly string[];
}
