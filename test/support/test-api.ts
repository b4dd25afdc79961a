import type { z } from 'zod';
import { printableDeep } from '../../contracts/domain/printable.ts';
import { KeyholdError, type Failure, type Result } from '../../contracts/errors.ts';
import type { CallSpec } from '../../contracts/ipc/define.ts';
import { ipcContract, type IpcEvents, type IpcHandlers, type KeyholdApi } from '../../contracts/ipc/index.ts';

/** Handlers as main writes them; those that are left out are not there for the window either. */
export type TestHandlers = { readonly [Group in keyof IpcHandlers]?: Partial<IpcHandlers[Group]> };

export interface RecordedCall {
  /** `group.name`. */
  readonly call: string;
  readonly request: unknown;
}

type Payload<Name extends keyof IpcEvents> = z.input<IpcEvents[Name]>;
type EmitArgs<Name extends keyof IpcEvents> = undefined extends Payload<Name> ? [] : [payload: Payload<Name>];

export interface TestApi {
  /** What `window.keyhold` is in the app. */
  readonly api: KeyholdApi;
  /** All calls so far, in their order. */
  readonly calls: readonly RecordedCall[];
  /** Sends an event to the window. */
  readonly emit: <Name extends keyof IpcEvents>(name: Name, ...payload: EmitArgs<Name>) => void;
}

type Listener = (payload: unknown) => void;
type AnyHandler = (request?: unknown) => unknown;

const commonCodes: readonly string[] = ['invalid_request', 'forbidden_sender', 'internal', 'storage_failed'];

function failed(error: Failure): Result<never> {
  return { ok: false, error };
}

function failureOf(name: string, spec: CallSpec, error: unknown): Result<never> {
  if (!(error instanceof KeyholdError)) throw error;
  if (!spec.errors.includes(error.code) && !commonCodes.includes(error.code)) {
    throw new Error(`${name} answered ${error.code}, which the contract does not name`);
  }
  return failed(
    error.details === undefined ? { code: error.code } : { code: error.code, details: error.details },
  );
}

async function answer(
  name: string,
  spec: CallSpec,
  handler: AnyHandler | undefined,
  sent: unknown,
): Promise<unknown> {
  // What crosses processes is copied, so that neither side sees the other's later changes.
  const request = spec.request.safeParse(structuredClone(sent));
  if (!request.success) {
    const field = request.error.issues[0]?.path.join('.') ?? '';
    return failed(
      field === '' ? { code: 'invalid_request' } : { code: 'invalid_request', details: { field } },
    );
  }
  if (handler === undefined) throw new Error(`the test did not expect a call of ${name}`);
  try {
    const value = spec.response.safeParse(structuredClone(await handler(request.data)));
    if (value.success) return { ok: true, value: printableDeep(value.data, spec.verbatim) };
    throw new Error(`${name} answered against the contract: ${value.error.message}`);
  } catch (error) {
    return failureOf(name, spec, error);
  }
}

/**
 * Stands in for the main process. Everything derives from the contract: requests are refused as main refuses
 * them; a handler that answers against the contract, or a call that no handler was given for, breaks the test.
 */
export function createTestApi({ overrides = {} }: { overrides?: TestHandlers } = {}): TestApi {
  const calls: RecordedCall[] = [];
  const listeners = new Map<string, Set<Listener>>(
    Object.keys(ipcContract.events).map((name) => [name, new Set()]),
  );
  const handlers = overrides as Readonly<Record<string, Readonly<Record<string, AnyHandler>> | undefined>>;

  const groups = Object.entries(ipcContract.calls).map(([group, specs]) => {
    const callers = Object.entries(specs as Record<string, CallSpec>).map(([name, spec]) => {
      const caller = (request?: unknown): Promise<unknown> => {
        calls.push({ call: `${group}.${name}`, request });
        return answer(`${group}.${name}`, spec, handlers[group]?.[name], request);
      };
      return [name, caller] as const;
    });
    return [group, Object.fromEntries(callers)] as const;
  });
  const on = Object.fromEntries(
    [...listeners].map(([name, set]) => [
      name,
      (listener: Listener) => {
        set.add(listener);
        return () => set.delete(listener);
      },
    ]),
  );
  return {
    api: { ...Object.fromEntries(groups), on } as unknown as KeyholdApi,
    calls,
    emit: (name, ...[payload]) => {
      const checked = ipcContract.events[name].parse(payload);
      for (const listener of listeners.get(name) ?? []) listener(checked);
    },
  };
}
