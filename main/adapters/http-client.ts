import { HttpRefused, HttpUnreachable } from '../core/ports/http.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../core/ports/http.ts';

const usualMaxBytes = 1024 * 1024;

/**
 * HTTP for the core on a `fetch`: Electron's in the app (the system's proxies and certificates), Node's in tests.
 * Redirects are refused, not followed: a token must never go to an address that the user did not name.
 */
export function fetchHttpClient(fetchFunction: typeof fetch): HttpClient {
  return {
    async request(request) {
      const timeout = AbortSignal.timeout(request.timeoutMs);
      const hangUp = new AbortController();
      const signals = [timeout, hangUp.signal, request.signal].filter((each) => each !== undefined);
      const signal = AbortSignal.any(signals);
      try {
        const response = await fetchFunction(request.url, requestInit(request, signal));
        if (response.status >= 300 && response.status < 400) throw new HttpRefused('redirect');
        return {
          status: response.status,
          headers: Object.fromEntries(response.headers),
          text: await readText(response, signal, request.maxBytes ?? usualMaxBytes),
        } satisfies HttpResponse;
      } catch (error) {
        hangUp.abort();
        if (error instanceof HttpRefused) throw error;
        if (isRedirectRefusal(error)) throw new HttpRefused('redirect');
        throw new HttpUnreachable(timeout.aborted ? 'timed out' : 'no answer', { cause: error });
      }
    },
  };
}

function bodyOf({ body, form }: HttpRequest): { text: string | null; type: string | null } {
  if (form !== undefined)
    return { text: new URLSearchParams(form).toString(), type: 'application/x-www-form-urlencoded' };
  if (body === undefined) return { text: null, type: null };
  return { text: JSON.stringify(body), type: 'application/json' };
}

function requestInit(request: HttpRequest, signal: AbortSignal): RequestInit {
  const { text, type } = bodyOf(request);
  return {
    method: request.method,
    headers: {
      accept: 'application/json',
      ...(type === null ? {} : { 'content-type': type }),
      ...request.headers,
    },
    ...(text === null ? {} : { body: text }),
    redirect: 'error',
    credentials: 'omit',
    cache: 'no-store',
    signal,
  };
}

/** The body as text, read piece by piece so that an endless one is dropped at the limit. */
async function readText(response: Response, signal: AbortSignal, maxBytes: number): Promise<string> {
  if (response.body === null) return '';
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const giveUp = (): void => {
    // An abort that ends the reading must not become an unhandled rejection of the cancelling itself.
    reader.cancel(signal.reason).catch(() => undefined);
  };
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    const pieces: Uint8Array[] = [];
    let size = 0;
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      size += piece.value.byteLength;
      if (size > maxBytes) throw new HttpRefused('too large');
      pieces.push(piece.value);
    }
    signal.throwIfAborted();
    return Buffer.concat(pieces).toString('utf8');
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

/** `fetch` tells a refused redirect from a failed connection by its message only, Node's in the cause. */
export function isRedirectRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    /^unexpected redirect$|redirect policy was 'error'/.test(error.message) || isRedirectRefusal(error.cause)
  );
}
