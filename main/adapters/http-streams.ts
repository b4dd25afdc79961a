import { HttpRefused, HttpUnreachable } from '../core/ports/http.ts';
import type { HttpStream, StreamClient } from '../core/ports/http.ts';
import { isRedirectRefusal } from './http-client.ts';

/** Streams for the core on a `fetch`, which is Electron's in the app and Node's in tests. Redirects are refused. */
export function fetchStreams(fetchFunction: typeof fetch): StreamClient {
  return {
    async open({ method, url, headers, timeoutMs, signal }) {
      const begin = new AbortController();
      const late = setTimeout(() => begin.abort(), timeoutMs);
      const ended = AbortSignal.any([signal, begin.signal]);
      try {
        const response = await fetchFunction(url, {
          method,
          headers: { ...headers },
          redirect: 'error',
          credentials: 'omit',
          cache: 'no-store',
          signal: ended,
        });
        if (response.status >= 300 && response.status < 400) throw new HttpRefused('redirect');
        return {
          status: response.status,
          headers: Object.fromEntries(response.headers),
          pieces: piecesOf(response, ended),
        } satisfies HttpStream;
      } catch (error) {
        begin.abort();
        if (error instanceof HttpRefused) throw error;
        if (isRedirectRefusal(error)) throw new HttpRefused('redirect');
        throw new HttpUnreachable('no answer', { cause: error });
      } finally {
        clearTimeout(late);
      }
    },
  };
}

async function* piecesOf(response: Response, signal: AbortSignal): AsyncGenerator<string> {
  if (response.body === null) return;
  const decoder = new TextDecoder();
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const giveUp = (): void => {
    // What an abort ends must not become an unhandled rejection of the cancelling itself.
    reader.cancel(signal.reason).catch(() => undefined);
  };
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      yield decoder.decode(piece.value, { stream: true });
    }
    signal.throwIfAborted();
  } catch (error) {
    throw new HttpUnreachable('broke off', { cause: error });
  } finally {
    signal.removeEventListener('abort', giveUp);
    giveUp();
  }
}
