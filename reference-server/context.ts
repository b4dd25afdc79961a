import type { FailureCounter } from './limits/failure-counter.ts';
import type { MailLimits } from './limits/mail-limits.ts';
import type { SignInLimits } from './limits/sign-in-limits.ts';
import type { ServerConfig } from './config/config.ts';
import type { EventStreams } from './events/event-streams.ts';
import type { Connections } from './http/connections.ts';
import type { Reader, Write } from './db/write.ts';

/** Keys that the server made for itself at its first start; they live in the database. */
export interface ServerSecrets {
  /** 32 random bytes that sign the registry's Bearer tokens (HS256); never leaves the server. */
  registryTokenKey: Uint8Array;
  /** 32 random bytes that sign the server's own JWTs (HS256). */
  sessionJwtKey: Uint8Array;
}

/** A mail to one address. Its texts come from people, its address was checked. */
export interface OutgoingMail {
  to: string;
  subject: string;
  text: string;
  html: string;
}

/**
 * Sends mails one after the other. Never call it in a transaction.
 *
 * @returns For each, null, or why it was not sent: one word for who runs the server.
 */
export type SendMails = (mails: readonly OutgoingMail[]) => Promise<(string | null)[]>;

/** What every part of the server is given instead of globals. */
export interface ServerContext {
  /** For reading. */
  db: Reader;
  /** Changes the database, with the audit events of the change. */
  write: Write;
  config: ServerConfig;
  /** The server's clock. */
  now(): Date;
  /** Ends connections on which nothing moves. */
  connections: Connections;
  /** Open streams of what happens in organizations. */
  eventStreams: EventStreams;
  /** Slows down guessing of passwords. */
  signInLimits: SignInLimits;
  /**
   * Counts refused tokens of a key and refused registrations, per network: a flood must not fill the audit log. Unknown
   * login codes as well.
   */
  tokenRefusals: FailureCounter;
  /** Null where the server is set up to send no mail. */
  sendMails: SendMails | null;
  mailLimits: MailLimits;
  /** Counts the organizations that a person made. */
  newOrganizations: FailureCounter;
  /** The public origin, such as `http://127.0.0.1:8970`; known once the server listens. */
  origin(): string;
  secrets: ServerSecrets;
}
