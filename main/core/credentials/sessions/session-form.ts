import type { Answer, Failed, ServiceDeps } from '../../service/client.ts';

/** What a service gives when it renews a session. */
export interface Renewed {
  /** What renews it the next time, and is kept for that. */
  token: string;
  /** What signs in until then; in the form `jwt` the same. */
  access: string;
  /** How long that lasts, and how long the session can be renewed, seconds from now. */
  expiresIn: number;
  sessionExpiresIn: number;
  /** Whose it is; null where that is not said. */
  userId: string | null;
  /** The organization that it acts in; null for none. */
  org: string | null;
}

/** What a form asks of services. None throws for what the network does. */
export interface SessionRequests {
  readonly renew: (deps: ServiceDeps, origin: string, token: string) => Promise<Answer<Renewed>>;
  /** Ends a session, also one whose token has to be renewed first. */
  readonly end: (deps: ServiceDeps, origin: string, token: string) => Promise<Answer<unknown>>;
  /** Whether a refusal of a renewal says that nothing renews the session any more. */
  readonly isOver: (refusal: Extract<Failed, { kind: 'refused' }>) => boolean;
}
