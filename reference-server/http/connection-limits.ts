/** What a client may take of the server's connections; times in milliseconds. */
export interface ConnectionLimits {
  /** Open connections of one address; of IPv6, of one network. */
  perAddress: number;
  /** Open connections of all. */
  total: number;
  /** From a connection's beginning, or the first byte of a later request, to the end of the headers. */
  headers: number;
  /** From there to the end of the body, where `allowSlowBody` did not say otherwise. */
  body: number;
  /** In each of these a slow body, where it is allowed, and an answer must move by `leastBytes`. */
  window: number;
  /** No more than the pieces in which blobs are sent, because their answers move by whole pieces. */
  leastBytes: number;
  /** Between two requests. */
  idle: number;
  /** From a last answer that came before the end of a body to the connection's end. */
  linger: number;
  /** Requests that one connection has on their way at once; all but the first wait. */
  requests: number;
}

/** Room for clients that push many layers at once, on several computers behind one address. */
export const connectionLimits: ConnectionLimits = {
  perAddress: 256,
  total: 2048,
  headers: 10_000,
  body: 10_000,
  window: 30_000,
  leastBytes: 16 * 1024,
  idle: 60_000,
  linger: 5_000,
  requests: 32,
};
