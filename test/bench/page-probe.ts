import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { electronRuntime, sandboxArgs } from '../../scripts/setup/runtime.mjs';

interface Message {
  id?: number;
  method?: string;
  sessionId?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { message: string };
}

/** A page of a running Electron app, reached over Chromium's debugging pipe: the lightest way in from outside. */
export interface ProbedPage {
  /** Evaluates an expression in the page; a promise is awaited. */
  evaluate(expression: string): Promise<unknown>;
  /** Presses the key of one character, as the keyboard would. */
  press(character: string): Promise<void>;
}

export interface ProbedApp {
  /** The app's first process. */
  readonly pid: number;
  readonly page: ProbedPage;
  /** Milliseconds from just before the process was started until `ready` held in the page and was painted. */
  readonly startMs: number;
  /** Asks the app to quit and waits until its process has ended. */
  quit(): Promise<void>;
}

/** How long a page may take, milliseconds: past that the app is broken, not slow. */
const patienceMs = 60_000;

/**
 * Starts an app on this checkout's Electron and waits for its page.
 *
 * @param args - arguments after Electron's own: switches and the app's folder
 * @param ready - an expression that is true in the page once the app is ready
 * @throws Error when the app ends before, or is not ready within a minute
 */
export async function startProbed(
  args: readonly string[],
  ready: string,
  env: Readonly<Record<string, string>>,
): Promise<ProbedApp> {
  const begin = performance.now();
  const child = spawn(
    electronRuntime().executable,
    [...sandboxArgs(), '--remote-debugging-pipe', ...args],
    // Chromium reads the pipe's commands from 3 and writes its answers to 4.
    { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] },
  );
  const closed = once(child, 'close');
  const errors = lastErrors(child);
  const pipe = new DebuggingPipe(child.stdio[3] as Writable, child.stdio[4] as Readable);
  const limit = AbortSignal.timeout(patienceMs);
  try {
    const ended = Promise.race([closed, once(limit, 'abort')]).then(() => {
      throw new Error('it ended, or a minute went by');
    });
    const page = await Promise.race([pipe.whenReady(ready), ended]);
    const startMs = performance.now() - begin;
    const quit = async (): Promise<void> => {
      child.kill();
      await closed;
    };
    return { pid: child.pid ?? NaN, page, startMs, quit };
  } catch (error) {
    child.kill('SIGKILL');
    await closed;
    throw new Error(`Electron showed no ready page. It wrote:\n${errors()}`, { cause: error });
  }
}

function lastErrors(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    text = (text + part).slice(-2000);
  });
  return () => text;
}

/**
 * An expression for a promise that looks once per frame whether the page is ready, and resolves when the frame that
 * shows it was painted.
 */
export function untilPainted(ready: string): string {
  return `new Promise((resolve) => {
    const look = () => {
      if (!(${ready})) requestAnimationFrame(look);
      else requestAnimationFrame(() => requestAnimationFrame(resolve));
    };
    look();
  })`;
}

/** The Chrome DevTools Protocol over a pipe: JSON messages, each followed by a NUL byte. */
class DebuggingPipe {
  readonly #commands: Writable;
  readonly #pending = new Map<number, (message: Message) => void>();
  #listener: (message: Message) => void = () => undefined;
  #lastId = 0;

  constructor(commands: Writable, answers: Readable) {
    this.#commands = commands;
    // A process that has ended takes no commands; what waits for an answer is told so below.
    commands.on('error', () => undefined);
    answers.on('close', () => {
      for (const settle of this.#pending.values()) settle({ error: { message: 'Electron has ended.' } });
    });
    let rest = '';
    answers.setEncoding('utf8').on('data', (text: string) => {
      const messages = (rest + text).split('\0');
      rest = messages.pop() ?? '';
      for (const message of messages) this.#take(JSON.parse(message) as Message);
    });
  }

  /** Follows the first page through its documents until one of them is ready. */
  async whenReady(ready: string): Promise<ProbedPage> {
    const page = new Promise<ProbedPage>((resolve) => {
      this.#listener = (message) => {
        this.#follow(message, ready, resolve);
      };
    });
    await this.#send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: true,
    });
    return page;
  }

  #follow({ method, params, sessionId }: Message, ready: string, found: (page: ProbedPage) => void): void {
    if (method === 'Target.attachedToTarget') {
      // A page that went at once has no documents to follow.
      this.#send('Runtime.enable', {}, String(params?.['sessionId'])).catch(() => undefined);
    }
    if (method !== 'Runtime.executionContextCreated' || sessionId === undefined) return;
    const { id, auxData } = params?.['context'] as { id: number; auxData?: { isDefault?: boolean } };
    if (auxData?.isDefault !== true) return;
    this.#evaluate(sessionId, id, untilPainted(ready)).then(
      () => {
        found(this.#pageOf(sessionId, id));
      },
      // The document was replaced by the next one, whose context is announced as well.
      () => undefined,
    );
  }

  #pageOf(sessionId: string, contextId: number): ProbedPage {
    return {
      evaluate: (expression) => this.#evaluate(sessionId, contextId, expression),
      press: async (character) => {
        await this.#send('Input.dispatchKeyEvent', { type: 'keyDown', text: character }, sessionId);
        await this.#send('Input.dispatchKeyEvent', { type: 'keyUp' }, sessionId);
      },
    };
  }

  async #evaluate(sessionId: string, contextId: number, expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.#send(
      'Runtime.evaluate',
      { expression, contextId, awaitPromise: true, returnByValue: true },
      sessionId,
    );
    if (exceptionDetails !== undefined) throw new Error(`The page threw: ${JSON.stringify(result)}`);
    return (result as { value?: unknown }).value;
  }

  #send(
    method: string,
    params: Record<string, unknown>,
    sessionId?: string,
  ): Promise<Record<string, unknown>> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result ?? {});
        else reject(new Error(`${method}: ${error.message}`));
      });
      this.#commands.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  #take(message: Message): void {
    if (message.id === undefined) {
      this.#listener(message);
      return;
    }
    this.#pending.get(message.id)?.(message);
    this.#pending.delete(message.id);
  }
}
