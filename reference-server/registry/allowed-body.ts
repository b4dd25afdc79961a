import type { FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import { confirmRights } from './guard.ts';

/** How often the sender's rights are asked for while a body comes, in milliseconds. */
const askAgainAfter = 1000;

/**
 * The body of an upload's request, which may come slowly. It ends early once the sender has lost the right to push, and
 * is then read no further.
 */
export class AllowedBody implements AsyncIterable<Buffer> {
  readonly #context: ServerContext;
  readonly #request: FastifyRequest;
  #refusal: { error: unknown } | null = null;

  constructor(context: ServerContext, request: FastifyRequest) {
    this.#context = context;
    this.#request = request;
    context.connections.allowSlowBody(request.raw);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    const now = () => this.#context.now().getTime();
    let asked = now();
    // The connection stays for the answer, whoever stops reading.
    const chunks = this.#request.raw.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    for await (const chunk of chunks) {
      if (now() - asked >= askAgainAfter) {
        await this.#ask();
        asked = now();
      }
      if (this.#refusal !== null) return;
      yield chunk;
    }
  }

  /** Asks the guard once more. @throws DistributionError when the sender was shut out, be it only for a while. */
  async confirm(): Promise<void> {
    if (this.#refusal === null) await this.#ask();
    if (this.#refusal !== null) throw this.#refusal.error;
  }

  async #ask(): Promise<void> {
    try {
      await confirmRights(this.#request);
    } catch (error) {
      this.#refusal = { error };
      this.#context.connections.endSlowBody(this.#request.raw);
    }
  }
}
