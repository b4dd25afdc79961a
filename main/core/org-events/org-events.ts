import type { OrganizationList } from '../../../contracts/domain/organization-list.ts';
import { organizationLists } from '../../../contracts/domain/organization-list.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { ContextService, StoredContext } from '../contexts/context-service.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { Cancel, Clock, Logger, Random } from '../ports.ts';
import type { HttpStream, StreamClient } from '../ports/http.ts';
import { askAs } from '../service/ask-as.ts';
import { NotSignedIn } from '../service/authorization.ts';
import type { Answer } from '../service/client.ts';
import { saidOfRefusal } from '../service/whoami.ts';
import { pauseBeforeTry } from '../signin/backoff.ts';
import type { Vault } from '../vault/vault.ts';
import { listsAfter } from './event-lists.ts';
import { openStream, readStream } from './event-stream.ts';

/** Longest pause between two tries, milliseconds: what is shown is old for so long after an outage. */
const longestPauseMs = 60_000;
/** A stream that lasted so long was a good one: the next is opened soon, milliseconds. */
const livedMs = 30_000;
/** So long further events are waited for before the window is told, milliseconds: many things change together. */
const gatherMs = 200;

interface OrgEventsDeps {
  vault: Vault;
  contexts: Pick<ContextService, 'current' | 'summary' | 'authorize' | 'onChange'>;
  credentials: Pick<Credentials, 'canSignIn' | 'idOf'>;
  streams: StreamClient;
  clock: Clock;
  random: Random;
  logger: Logger;
  /** Tells which lists of the organization that a context acts in are to be read again. */
  tell: (contextId: string, lists: OrganizationList[]) => void;
}

/** One context in one organization, as long as it is followed. */
interface Followed {
  /** Of the context, its organization and what signs it in: another one is followed anew. */
  key: string;
  contextId: string;
  /** Ends all that is under way for it. */
  stop: AbortController;
  lastId: string | null;
  /** Whether the last try found nobody: what the window shows may be old, and what it asked since was not answered. */
  lost: boolean;
  /** What is to be told soon. */
  changed: Set<OrganizationList>;
}

/**
 * Follows what happens in the organization that the current context acts in, as long as the vault is unlocked: by one
 * stream, which is opened again when it breaks off. Nothing is followed where the service has no organizations or does
 * not let the credential, until that changes.
 */
export class OrgEvents {
  readonly #deps: OrgEventsDeps;
  #followed: Followed | null = null;

  constructor(deps: OrgEventsDeps) {
    this.#deps = deps;
    deps.vault.onChange(() => this.#look());
    deps.contexts.onChange(() => this.#look());
  }

  /** Looks at what is to be followed now. */
  #look(): void {
    const context = this.#wanted();
    const key = context === null ? null : this.#keyOf(context);
    if (key === (this.#followed?.key ?? null)) return;
    this.#followed?.stop.abort();
    this.#followed = null;
    if (context === null || key === null) return;
    const followed: Followed = {
      key,
      contextId: context.id,
      stop: new AbortController(),
      lastId: null,
      lost: false,
      changed: new Set(),
    };
    this.#followed = followed;
    this.#follow(followed).catch((error: unknown) => this.#deps.logger.error('events.failed', error));
  }

  /** The context to follow; null for none. */
  #wanted(): StoredContext | null {
    const { vault, contexts, credentials } = this.#deps;
    if (!vault.isUnlocked) return null;
    const current = contexts.current();
    if (current === null || !contexts.summary(current.id).capabilities.includes('organizations')) return null;
    return credentials.canSignIn(current) ? current : null;
  }

  #keyOf(context: StoredContext): string {
    return `${context.id} ${context.org ?? ''} ${this.#deps.credentials.idOf(context)}`;
  }

  /** Opens the stream again and again, until it is of no use any more. */
  async #follow(followed: Followed): Promise<void> {
    const { signal } = followed.stop;
    for (let tries = 1; !signal.aborted; tries += 1) {
      const once = new AbortController();
      const stop = (): void => once.abort();
      signal.addEventListener('abort', stop);
      const answer = await this.#open(followed, once.signal);
      if (answer?.kind === 'answered') {
        const begun = this.#deps.clock.now().getTime();
        await this.#read(followed, answer.value, stop);
        if (this.#deps.clock.now().getTime() - begun >= livedMs) tries = 1;
      }
      stop();
      signal.removeEventListener('abort', stop);
      if (answer === null || answer.kind === 'refused') return;
      if (answer.kind !== 'answered') this.#lose(followed);
      const askedMs = answer.kind === 'unreachable' ? answer.retryAfterMs : null;
      await this.#pause(pauseBeforeTry(tries, askedMs, this.#deps.random, longestPauseMs), signal);
    }
  }

  /** Null where there is nothing to be had, until the context changes. */
  async #open(followed: Followed, signal: AbortSignal): Promise<Answer<HttpStream> | null> {
    try {
      const { origin, authorization: first } = await this.#deps.contexts.authorize(followed.contextId);
      const { answer, authorization } = await askAs(first, (headers) =>
        openStream(this.#deps, origin, headers, followed.lastId, signal),
      );
      if (answer.kind === 'refused') {
        const said = saidOfRefusal(answer.code, null);
        if (said !== null) authorization.note(said);
      }
      return answer;
    } catch (error) {
      if (error instanceof NotSignedIn && error.said === 'unreachable') {
        return { kind: 'unreachable', retryAfterMs: null, status: null };
      }
      if (error instanceof KeyholdError) return null;
      throw error;
    }
  }

  async #read(followed: Followed, stream: HttpStream, end: () => void): Promise<void> {
    // What was read before is of a time that the stream does not know, without a place to go on from.
    if (followed.lastId === null || followed.lost) this.#gather(followed, organizationLists);
    followed.lost = false;
    await readStream(
      this.#deps,
      stream,
      {
        onId: (id) => {
          followed.lastId = id;
        },
        onEvent: (type) => this.#gather(followed, listsAfter(type)),
      },
      end,
    );
  }

  /** Has the window read again what it shows, once: it then says itself that the service does not answer. */
  #lose(followed: Followed): void {
    if (followed.lost) return;
    followed.lost = true;
    this.#gather(followed, organizationLists);
  }

  /** Tells of changes a moment later, together with what else has changed by then. */
  #gather({ contextId, stop, changed }: Followed, lists: readonly OrganizationList[]): void {
    if (lists.length === 0) return;
    const isFirst = changed.size === 0;
    for (const list of lists) changed.add(list);
    if (!isFirst) return;
    this.#deps.clock.after(gatherMs, () => {
      const told = [...changed];
      changed.clear();
      if (!stop.signal.aborted) this.#deps.tell(contextId, told);
    });
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        cancel();
        signal.removeEventListener('abort', go);
        resolve();
      };
      const cancel: Cancel = this.#deps.clock.after(ms, go);
      signal.addEventListener('abort', go);
      if (signal.aborted) go();
    });
  }
}
