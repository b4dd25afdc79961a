import type { AuditFile } from './audit/audit-file.ts';
import type { FailureCounter } from './limits/failure-counter.ts';
import type { Floods } from './limits/floods.ts';
import type { MailLimits } from './limits/mail-limits.ts';
import type { SignInLimits } from './limits/sign-in-limits.ts';
import type { ServerConfig } from './config/config.ts';
import type { EventStreams } from './events/event-streams.ts';
import type { Connections } from './http/connections.ts';
import type { Reader, Write } from './db/write.ts';
import type { RepositoryUses } from './db/repository-uses.ts';

/** Keys that the server made for itself at its first start; they live in the database. */
export interface ServerSecrets {
  /** 32 random bytes that sign the registry's Bearer tokens (HS256); never leaves the server. */
  registryTokenKey: Uint8Array;
  /** 32 random bytes that sign the server's own JWTs (HS256). */
  sessionJwtKey: Uint8Array;
  /** Signs access and refresh tokens (HS256): the configuration's `JWT_SECRET`, or 32 random bytes. */
  accessTokenKey: Uint8Array;
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

/** Somebody in a directory. */
export interface DirectoryPerson {
  dn: string;
  /** What names them for good there: an id that goes along when they are renamed, else their name. */
  subject: string;
  /** In lower case. */
  username: string;
  /** User name as the directory writes it. */
  login: string;
  /** What to call them; null where the directory says nothing that can be shown. */
  name: string | null;
}

/** A group that a directory or provider has somebody in. */
export interface ExternalGroup {
  /** Names it there for good. */
  externalId: string;
  /** What it is to be called here. */
  name: string;
}

/** What a directory says of some people, at one time. */
export interface DirectorySnapshot {
  /** How many could sign in there. */
  people: number;
  /** The groups of those who are there, by subject. */
  members: ReadonlyMap<string, readonly ExternalGroup[]>;
}

/** A directory that people sign in with; `auth/ldap/directory.ts` says more of it. */
export interface Directory {
  /** Names it wherever identities are kept. */
  readonly issuer: string;
  personOf(username: string, password: string): Promise<DirectoryPerson | null>;
  pretend(): Promise<null>;
  groupsOf(person: DirectoryPerson): Promise<ExternalGroup[] | null>;
  snapshot(subjects: readonly string[], signal: AbortSignal): Promise<DirectorySnapshot>;
  probe(): Promise<void>;
}

/** What opens the keeper's keys, and makes the MACs of its records: 32 bytes each. */
export interface KeeperKeys {
  material: Buffer;
  records: Buffer;
  /** What the keeper last went by, since it is unsealed: a database of before is told. */
  anchorSeen: AnchorSeen | null;
}

/** A version of the row that is over all others of the keeper, and its MAC. */
export interface AnchorSeen {
  version: number;
  mac: string;
}

/** What the keeper has in memory alone. `keeper/memory.ts` makes and overwrites it. */
export interface KeeperMemory {
  /** Null while it is sealed. */
  keys: KeeperKeys | null;
  /** The parts that were given to unseal it, by the number of their share. */
  readonly shares: Map<number, Buffer>;
  /** When they are forgotten, without another one; null for none. */
  sharesEnd: Date | null;
  /** What was refused to those who signed in: a flood must not fill the audit log. */
  readonly refusals: Floods;
}

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
  /** The audit log as a file; null where it is in the database alone. */
  auditFile: AuditFile | null;
  /** Slows down guessing of passwords. */
  signInLimits: SignInLimits;
  /** The directory that people sign in with; null for none. */
  directory: Directory | null;
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
  /** Counts what a person asked for. */
  accessRequests: FailureCounter;
  /** E-mail addresses that nobody has, by who named them. */
  unknownAddresses: FailureCounter;
  /** Notes who last used which repository. */
  repositoryUses: RepositoryUses;
  /** The public origin, such as `http://127.0.0.1:8970`; known once the server listens. */
  origin(): string;
  secrets: ServerSecrets;
  /** Sealed at each start. */
  keeper: KeeperMemory;
}
