import { createParser } from 'eventsource-parser';
import { eventSchema } from '../../contracts/server-api/kisenon/events.ts';
import type { ServerEvent } from '../../contracts/server-api/kisenon/events.ts';
import type { Reader } from '../../reference-server/db/write.ts';
import { publish } from '../../reference-server/events/event-log.ts';
import { bearerHeader } from './credential-holders.ts';
import type { LocalServer } from './local-server.ts';
import { signIn } from './server-client.ts';
import type { TestServer } from './server.ts';

type EventType = Parameters<typeof publish>[2]['type'];

/** A client that follows a stream of events. */
export interface EventFollower {
  status: number;
  headers: Headers;
  /** The body of an answer that is JSON. */
  body: unknown;
  /** The next event; null once the stream has ended. */
  next(): Promise<ServerEvent | null>;
  /** Reads to the end; what was left. */
  rest(): Promise<ServerEvent[]>;
  /** Id of the last message, as a browser would send it to go on. */
  lastId(): string;
  /** How many signs of life came. */
  beats(): number;
  close(): void;
}

/** Opens a stream with these headers, and waits until the server has begun to send. */
export async function followEvents(
  { origin }: TestServer,
  path: string,
  headers: Record<string, string>,
): Promise<EventFollower> {
  const stop = new AbortController();
  const response = await fetch(origin + path, { headers, signal: stop.signal, redirect: 'manual' });
  const found: ServerEvent[] = [];
  let lastId = '';
  let beats = 0;
  const parser = createParser({
    onEvent: ({ data, id }) => {
      const event = eventSchema.parse(JSON.parse(data));
      if (event.id !== id) throw new Error('The id of the message is not that of the event.');
      found.push(event);
      lastId = id;
    },
    onComment: () => (beats += 1),
  });
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  const reader = isStream ? response.body?.pipeThrough(new TextDecoderStream()).getReader() : undefined;
  /** Reads on; false at the end. */
  const read = async (): Promise<boolean> => {
    const piece = (await reader?.read()) as { done: boolean; value?: string } | undefined;
    if (piece?.value === undefined) return false;
    // What has an id alone is no event, and yet the place to go on from.
    lastId = /^id: (\w+)\n\n/.exec(piece.value)?.[1] ?? lastId;
    parser.feed(piece.value);
    return true;
  };
  const next = async (): Promise<ServerEvent | null> => {
    while (found.length === 0) if (!(await read())) return null;
    return found.shift() ?? null;
  };
  if (isStream) await read();
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? await response.json() : undefined,
    next,
    rest: async () => {
      const all: ServerEvent[] = [];
      for (let event = await next(); event !== null; event = await next()) all.push(event);
      return all;
    },
    lastId: () => lastId,
    beats: () => beats,
    close: () => stop.abort(),
  };
}

/** Publishes and follows events of the organization acme. */
export function acmeEvents(server: () => LocalServer) {
  const orgId = async (tx: Reader = server().context.db): Promise<string> => {
    const row = tx.selectFrom('organizations').select('id').where('slug', '=', 'acme');
    return (await row.executeTakeFirstOrThrow()).id;
  };
  return {
    orgId,
    /** Publishes an event that says a number; gives nothing before it is there. */
    say: async (number: number, type: EventType = 'member.changed.v1'): Promise<void> => {
      const org_id = await orgId();
      const { context } = server();
      await context.write({}, (tx) =>
        publish(context, tx, { org_id, type, data: { action: 'said', id: String(number) } }),
      );
    },
    follow: async (username: string, after?: string): Promise<EventFollower> =>
      followEvents(server(), '/v1/events', {
        ...bearerHeader(await signIn(server(), username)),
        ...(after === undefined ? {} : { 'last-event-id': after }),
      }),
  };
}

/** The number that an event of `say` says. */
export const numberOf = (event: ServerEvent | null): unknown => event?.data['id'];
