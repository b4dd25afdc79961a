import type { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import type { ServerEvent } from '../../contracts/server-api/kisenon/events.ts';
import type { EventTable } from '../db/organization-schema.ts';
import type { Database } from '../db/schema.ts';
import type { Reader } from '../db/write.ts';
import { ApiError } from '../http/api-error.ts';
import { eventPage, isKept, newestEvent, readEvents } from './event-log.ts';
import type { EventSource } from './event-log.ts';

/** How many streams are open at most. */
export const streamLimits = { perCaller: 10, total: 500 };

/** How often a stream shows that it lives, and is looked at for what only time brings; milliseconds. */
const beatEvery = 15_000;

/** Who may see events depends on these. */
const rightsTables: readonly (keyof Database)[] = [
  ...(['users', 'principals', 'sessions', 'organizations', 'memberships'] as const),
  ...(['public_keys', 'bots', 'api_keys', 'projects', 'branches'] as const),
];

/** What the holder of a stream may see, as long as nothing changes. */
export interface Sight {
  sees: (event: EventTable) => boolean;
  /** When the credential ends by itself. */
  ends: Date | null;
}

/** A stream that somebody asks for. */
export interface StreamOrder extends EventSource {
  /** Id of who it counts for. */
  callerId: string;
  /** `Last-Event-ID`: what the client has seen; null for nothing. */
  after: string | null;
  /** Looks again at credential and rights. Null once they have ended: then the stream ends. */
  look: () => Promise<Sight | null>;
}

/** A view that somebody wants to hear of when it changes. */
export interface WatchOrder extends Pick<StreamOrder, 'callerId' | 'after'> {
  /** Looks at it anew: what stands for what it shows. Null once the right to it has ended: then the stream ends. */
  look: () => Promise<string | null>;
}

interface OpenStream {
  callerId: string;
  ended: boolean;
  /** Whether the holder's rights have to be looked at, though there is nothing to send. */
  doubtful: boolean;
  beats: boolean;
  /** The credential's own end, where it is near. */
  ending: NodeJS.Timeout | undefined;
  resume: () => void;
}

/**
 * Open streams of events. Commits wake them (`wake`), so that nobody asks the database while nothing happens. They send
 * a page of events at a time, and read the next one only once the client has taken that; a client that takes nothing is
 * cut off as with any other answer (`Connections`).
 */
export class EventStreams {
  readonly #db: Reader;
  readonly #now: () => Date;
  readonly #open = new Set<OpenStream>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor({ db, now }: { db: Reader; now: () => Date }) {
    this.#db = db;
    this.#now = now;
  }

  /**
   * Opens a stream.
   *
   * @param response - With its `close`, the stream ends.
   * @returns The body of the answer, `text/event-stream`.
   * @throws ApiError 429 when there are too many.
   */
  open(order: StreamOrder, response: Pick<EventEmitter, 'once'>): Readable {
    return Readable.from(this.#send(this.#begin(order.callerId, response), order));
  }

  /** Opens a stream that says no more than that a view shows something else now. As `open`. */
  watch(order: WatchOrder, response: Pick<EventEmitter, 'once'>): Readable {
    return Readable.from(this.#watch(this.#begin(order.callerId, response), order));
  }

  #begin(callerId: string, response: Pick<EventEmitter, 'once'>): OpenStream {
    this.#requireRoom(callerId);
    const stream: OpenStream = {
      callerId,
      ended: this.#closed,
      // Something may have changed since its guard looked.
      doubtful: true,
      beats: false,
      ending: undefined,
      resume: () => undefined,
    };
    this.#open.add(stream);
    this.#timer ??= setInterval(() => this.beat(), beatEvery).unref();
    response.once('close', () => this.#end(stream));
    return stream;
  }

  /** A transaction that changed these tables is done. */
  wake(tables: ReadonlySet<keyof Database>): void {
    const doubtful = rightsTables.some((table) => tables.has(table));
    if (!doubtful && !tables.has('events')) return;
    for (const stream of this.#open) {
      stream.doubtful ||= doubtful;
      stream.resume();
    }
  }

  /** Makes all streams show that they live, and end where their time is over. */
  beat(): void {
    for (const stream of this.#open) {
      stream.beats = true;
      stream.doubtful = true;
      stream.resume();
    }
  }

  /** Ends all streams and opens no more: the server stops. */
  close(): void {
    this.#closed = true;
    for (const stream of this.#open) this.#end(stream);
  }

  #requireRoom(callerId: string): void {
    const own = [...this.#open].filter((stream) => stream.callerId === callerId).length;
    const { perCaller, total } = streamLimits;
    if (own < perCaller && this.#open.size < total) return;
    const words = own < perCaller ? 'The server has' : 'You have';
    const seconds = beatEvery / 1000;
    throw new ApiError('rate_limited', `${words} too many open streams of events. Close one, or try later.`, {
      details: { retry_after: seconds },
      retryAfterSeconds: seconds,
    });
  }

  #end(stream: OpenStream): void {
    stream.ended = true;
    clearTimeout(stream.ending);
    stream.resume();
    this.#open.delete(stream);
    if (this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async *#send(stream: OpenStream, order: StreamOrder): AsyncGenerator<string> {
    const { after, orgId } = order;
    const resumes = after !== null && (await isKept(this.#db, orgId, after));
    let at = resumes ? after : ((await newestEvent(this.#db, orgId)) ?? unknownId);
    yield resumes || after === null ? `id: ${at}\n\n` : this.#gap(orgId, at);
    while (!stream.ended) {
      // What is woken for from here on is not slept through.
      const woken = new Promise<void>((resolve) => (stream.resume = resolve));
      const { doubtful, beats } = stream;
      stream.doubtful = stream.beats = false;
      const events = await readEvents(this.#db, order, at);
      // So far behind that what comes next may be forgotten already.
      const isLate = events.length === eventPage && at !== unknownId;
      if (isLate && !(await isKept(this.#db, orgId, at))) {
        at = (await newestEvent(this.#db, orgId)) ?? unknownId;
        stream.doubtful = true;
        yield this.#gap(orgId, at);
        continue;
      }
      if (doubtful || events.length > 0) {
        const sight = await order.look();
        if (sight === null) return;
        this.#lookAtEnd(stream, sight.ends);
        const seen = events.filter((event) => sight.sees(event)).map(toText);
        at = events.at(-1)?.id ?? at;
        if (seen.length > 0 || beats) yield (beats ? ':\n\n' : '') + seen.join('');
      }
      if (events.length < eventPage) await woken;
    }
  }

  async *#watch(stream: OpenStream, { after, look }: WatchOrder): AsyncGenerator<string> {
    let seen = after;
    while (!stream.ended) {
      const woken = new Promise<void>((resolve) => (stream.resume = resolve));
      const { doubtful, beats } = stream;
      stream.doubtful = stream.beats = false;
      const state = doubtful ? await look() : seen;
      if (state === null) return;
      if (state !== seen) yield `id: ${state}\n${seen === null ? '' : 'data: {"type":"view.changed"}\n'}\n`;
      else if (beats) yield ':\n\n';
      seen = state;
      await woken;
    }
  }

  /** An end before the next beat is looked at when it comes. */
  #lookAtEnd(stream: OpenStream, ends: Date | null): void {
    clearTimeout(stream.ending);
    const left = ends === null ? beatEvery : ends.getTime() - this.#now().getTime();
    if (left >= beatEvery || stream.ended) return;
    stream.ending = setTimeout(() => {
      stream.doubtful = true;
      stream.resume();
    }, left).unref();
  }

  /** Says that what lies between is gone: to be read anew. */
  #gap(orgId: string, id: string): string {
    return write({
      id,
      type: 'resume.gap.v1',
      source,
      org_id: orgId,
      at: this.#now().toISOString(),
      data: {},
    });
  }
}

const source = 'keyhold';

/** Stands for the time before an organization's first event: who goes on from it has read nothing. */
const unknownId = '0'.repeat(26);

function toText({ id, type, org_id, project_id, at, data }: EventTable): string {
  return write({
    id,
    type,
    source,
    org_id,
    ...(project_id === null ? {} : { project_id }),
    at,
    data: JSON.parse(data) as ServerEvent['data'],
  });
}

/** One message, without a name of its own, so that clients get those of later types too. JSON has no line breaks. */
function write(event: ServerEvent): string {
  return `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`;
}
