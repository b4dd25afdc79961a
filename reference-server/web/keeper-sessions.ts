import { LRUCache } from 'lru-cache';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash, randomBytes } from 'node:crypto';
import type { KeeperCaller } from '../auth/keeper/caller.ts';
import type { KeeperCallers } from '../auth/keeper/callers.ts';
import type { ServerContext } from '../context.ts';
import { KeeperError } from '../http/keeper-error.ts';
import { cookieName, cookieOptions } from './web-session.ts';

/** How many people look after the keeper at once, at most; who came least recently has to sign in again. */
const mostSessions = 500;
/** The same of one person: who signs in over and over ends their own earlier sessions, and nobody else's. */
const mostOfOne = 20;
/** How long a session lasts whose token has no end, in milliseconds. */
const longest = 8 * 3_600_000;

/**
 * Who looks after the keeper in a browser. Tokens stay in the memory of the server: the browser has the name of a session
 * alone, and a session ends with its token or its key, or with the server.
 */
export class KeeperSessions {
  readonly #context: ServerContext;
  readonly #callers: KeeperCallers;
  readonly #open = new LRUCache<string, { token: string; subject: string; ends: Date }>({
    max: mostSessions,
  });

  constructor(context: ServerContext, callers: KeeperCallers) {
    [this.#context, this.#callers] = [context, callers];
  }

  /** What everybody is told who looks after the keeper. */
  get warnings(): readonly string[] {
    return this.#callers.warnings;
  }

  /** Signs a browser in by a token; the session that it had before ends. @throws KeeperError */
  async open(request: FastifyRequest, reply: FastifyReply, token: string): Promise<void> {
    const { subject, ends } = await this.#callers.ofToken(token).catch((error: unknown) => {
      if (error instanceof KeeperError) this.#callers.noteRefused(request.ip, error);
      throw error;
    });
    this.#open.delete(idOf(this.#nameIn(request) ?? ''));
    const name = randomBytes(32).toString('base64url');
    const latest = new Date(this.#context.now().getTime() + longest);
    // The ones that were used last come first.
    const own = [...this.#open.entries()].filter(([, session]) => session.subject === subject);
    for (const [id] of own.slice(mostOfOne - 1)) this.#open.delete(id);
    this.#open.set(idOf(name), { token, subject, ends: ends !== null && ends < latest ? ends : latest });
    // Strict: no other site leads to a page that is signed in.
    const options = { ...cookieOptions(this.#context), sameSite: 'strict' } as const;
    reply.setCookie(cookieName(this.#context, 'keeper'), name, options);
  }

  /** Who is signed in; null for nobody, or for whose token counts no more. */
  async callerOf(request: FastifyRequest): Promise<KeeperCaller | null> {
    const id = idOf(this.#nameIn(request) ?? '');
    const session = this.#open.get(id);
    if (session === undefined) return null;
    try {
      if (session.ends > this.#context.now()) return await this.#callers.ofToken(session.token);
    } catch (error) {
      if (!(error instanceof KeeperError)) throw error;
    }
    this.#open.delete(id);
    return null;
  }

  /** Takes the name of a session that is over from a browser. @returns whether there was one */
  takeEnded(request: FastifyRequest, reply: FastifyReply): boolean {
    if (this.#nameIn(request) === undefined) return false;
    this.close(request, reply);
    return true;
  }

  /** Signs a browser out. */
  close(request: FastifyRequest, reply: FastifyReply): void {
    this.#open.delete(idOf(this.#nameIn(request) ?? ''));
    reply.clearCookie(cookieName(this.#context, 'keeper'), cookieOptions(this.#context));
  }

  #nameIn(request: FastifyRequest): string | undefined {
    return request.cookies[cookieName(this.#context, 'keeper')];
  }
}

/** What is kept of a session's name. */
function idOf(name: string): string {
  return createHash('sha256').update(name).digest('base64');
}
