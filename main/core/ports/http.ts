export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as a form (`application/x-www-form-urlencoded`) instead. */
  form?: Readonly<Record<string, string>>;
  timeoutMs: number;
  /** Longest body that is read, bytes; 1 MiB without it. */
  maxBytes?: number;
  signal?: AbortSignal;
}

export interface HttpResponse {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  /** At most `maxBytes`; longer answers are refused. */
  text: string;
}

/** No answer at all: name not found, connection refused, timed out, TLS refused, given up by the caller. */
export class HttpUnreachable extends Error {
  override name = 'HttpUnreachable';
}

/** Something answered, but in a way that is never used: a redirect, or a body over the limit. */
export class HttpRefused extends Error {
  override name = 'HttpRefused';
}

export interface HttpClient {
  /** Never follows redirects, never sends cookies. Throws `HttpUnreachable` or `HttpRefused`. */
  request(request: HttpRequest): Promise<HttpResponse>;
}

/** An answer that is read as it comes. */
export interface HttpStream {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  /** Text in pieces, until the answer ends. To be read once. Throws `HttpUnreachable` when it breaks off. */
  pieces: AsyncIterable<string>;
}

export interface StreamClient {
  /**
   * Never follows redirects, never sends cookies. `timeoutMs` is for the answer to begin. Throws `HttpUnreachable`,
   * also once `signal` has ended it, or `HttpRefused`.
   */
  open(request: Omit<HttpRequest, 'body' | 'maxBytes'> & { signal: AbortSignal }): Promise<HttpStream>;
}
