/** A request that came to this computer's own address, as far as anybody looks at it. */
export interface LoopbackRequest {
  method: string;
  /** The one field `Host`; empty without it, or with several. */
  host: string;
  /** Path and query, as they were sent. */
  target: string;
  /** False where a browser says that a page wants it for itself, as a picture or in a frame, or that it only loads it ahead. */
  asPage: boolean;
}

export interface LoopbackAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** What listens for a browser on this computer. */
export interface LoopbackListener {
  /** All that it listens at, as a browser writes it in `Host`: `127.0.0.1:PORT`, `[::1]:PORT`; one at least. */
  readonly authorities: readonly [string, ...string[]];
  /** Ends open connections as well. Does nothing the second time. */
  close(): void;
}

/** Listens on this computer's own addresses alone (RFC 8252, section 7.3). */
export interface LoopbackListeners {
  /**
   * Listens on a port that the system chooses, of 127.0.0.1 and of ::1 as far as there are such.
   *
   * @param answer - What each request is answered. Requests without a body, of a few kilobytes and within seconds alone
   *   come to it; each ends its connection.
   * @throws KeyholdError `loopback_failed` when nothing can be listened on.
   */
  open(answer: (request: LoopbackRequest) => LoopbackAnswer): Promise<LoopbackListener>;
}
