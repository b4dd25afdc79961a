import { createParser } from 'eventsource-parser';
import { eventSchema, eventsPath } from '../../../contracts/server-api/index.ts';
import type { Cancel, Clock } from '../ports.ts';
import type { HttpStream, StreamClient } from '../ports/http.ts';
import { HttpUnreachable } from '../ports/http.ts';
import type { Authorization } from '../service/authorization.ts';
import { askService, type Answer } from '../service/client.ts';
import { keyholdRefusal } from '../service/dialects/keyhold.ts';
import { readAnswer } from '../service/read-answer.ts';

/** How long an answer may take to begin, milliseconds. */
const timeoutMs = 10_000;
/** A service shows every 15 seconds that its stream lives. After three of them it does not, milliseconds. */
const silenceMs = 45_000;
/** Most that is kept of a message which does not end, and of a refusal; characters. */
const maxBuffer = 64 * 1024;
/** Most that is read of a stream in a minute, characters: some thousand events. More is read after a pause. */
const mostAMinute = 1024 * 1024;
const minuteMs = 60_000;

interface Deps {
  streams: StreamClient;
  clock: Clock;
}

/** What a stream tells. */
export interface StreamListener {
  /** The place to go on from, should the stream break off. */
  onId: (id: string) => void;
  onEvent: (type: string) => void;
}

/**
 * Asks for the events of the organization that a caller acts in.
 *
 * @param lastId - Id of the last event that was seen; null for those from now on.
 * @returns The stream, to be read by `readStream`.
 */
export async function openStream(
  { streams, clock }: Deps,
  origin: string,
  headers: Authorization['headers'],
  lastId: string | null,
  signal: AbortSignal,
): Promise<Answer<HttpStream>> {
  let opened: HttpStream | null = null;
  const late = new AbortController();
  const http = {
    request: async () => {
      opened = await streams.open({
        method: 'GET',
        url: `${origin}${eventsPath}`,
        headers: {
          accept: 'text/event-stream',
          ...headers,
          ...(lastId === null ? {} : { 'last-event-id': lastId }),
        },
        timeoutMs,
        signal: AbortSignal.any([signal, late.signal]),
      });
      const { status, headers: fields } = opened;
      if (status === 200) return { status, headers: fields, text: '' };
      // A refusal is short, and ends.
      const inTime = clock.after(timeoutMs, () => late.abort());
      return { status, headers: fields, text: await textOf(opened).finally(inTime) };
    },
  };
  const isStream = (fields: Record<string, string>): boolean =>
    fields['content-type']?.startsWith('text/event-stream') ?? false;
  return askService(
    { http, clock },
    { method: 'GET', url: origin, timeoutMs },
    {
      value: (response) => (response.status === 200 && isStream(response.headers) ? opened : null),
      refusal: keyholdRefusal,
    },
  );
}

/** Reads a stream to its end, or until it is silent for too long. Never throws for what the network does. */
export async function readStream(
  { clock }: Pick<Deps, 'clock'>,
  { pieces }: HttpStream,
  listener: StreamListener,
  end: () => void,
): Promise<void> {
  const parser = createParser({
    maxBufferSize: maxBuffer,
    onId: listener.onId,
    onEvent: ({ data }) => {
      const event = readAnswer(data, eventSchema);
      if (event !== null) listener.onEvent(event.type);
    },
    onError: ({ type }) => {
      // Whoever sends lines without an end is no service.
      if (type === 'max-buffer-size-exceeded') end();
    },
  });
  let silence: Cancel = clock.after(silenceMs, end);
  const minute = { since: clock.now().getTime(), read: 0 };
  try {
    for await (const piece of pieces) {
      silence();
      silence = clock.after(silenceMs, end);
      parser.feed(piece);
      // Either way: the clock may have been set back.
      const now = clock.now().getTime();
      if (Math.abs(now - minute.since) >= minuteMs) Object.assign(minute, { since: now, read: 0 });
      minute.read += piece.length;
      if (minute.read > mostAMinute) end();
    }
  } catch (error) {
    if (!(error instanceof HttpUnreachable)) throw error;
  } finally {
    silence();
  }
}

/** The whole of a short answer. */
async function textOf({ pieces }: HttpStream): Promise<string> {
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    if (text.length > maxBuffer) break;
  }
  return text;
}
