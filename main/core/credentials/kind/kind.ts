import type { KeyValidity, ProgramUse } from '../../../../contracts/domain/key.ts';
import type { ErrorCode } from '../../../../contracts/errors.ts';
import type { RevokedCredential as Revoked } from '../../../../contracts/ipc/sign-out.ts';
import type { Account } from '../../service/account.ts';
import type { Authorization, RegistryLogin } from '../../service/authorization.ts';

/** What signs in at a registry, and until when it can be used, seconds since 1970; null for as long as its credential. */
export interface Login extends Pick<RegistryLogin, 'username' | 'secret'> {
  until: number | null;
}

/**
 * How a session goes on.
 *
 * - `jwt`: its token signs in, and is renewed by itself, as often as need be (Kisenon).
 * - `refresh-token`: a token that is good for one renewal, and gives what signs in for some minutes (Artifact Keeper).
 */
export type SessionForm = 'jwt' | 'refresh-token';

/** What revokes an API key or ends a session: itself. */
export type LeftCredential =
  { kind: 'api-key'; keyId: string; secret: string } | { kind: 'session'; form: SessionForm; secret: string };

/** A credential that its account is to have no more, and that its service may still accept. */
export interface Leaving {
  id: string;
  credential: LeftCredential;
  /** What its service calls it; null for a session. */
  label: string | null;
  /** RFC 3339; null for never. */
  endsAt: string | null;
}

/** What became of a credential at its service. */
export interface RevokedCredential {
  credentials: Revoked[];
  /** In words, for the activity log. */
  words: string;
  /** Ids of what the service said it does not accept. */
  refused: ReadonlySet<string>;
}

/**
 * What a kind of credential answers. Each kind is a folder beside this file; `Credentials` asks the one that an account
 * is signed in by. docs/adr/0025-credentials.md has the answers of all in one table.
 */
export interface Kind {
  /** Id of what signs an account in now; null when nothing does. */
  idOf(accountId: string): string | null;
  /** Whether what signed an account in is over. Asked where `idOf` has no answer. */
  isOver(accountId: string): boolean;
  /** Ids of the accounts that have one which is over. */
  over(): ReadonlySet<string>;
  /** What it means to a person that one is over, and that its service does not accept it. */
  readonly errors: { over: ErrorCode; notAccepted: ErrorCode };
  /** The fields of a request that is signed in. @throws NotSignedIn; KeyholdError `vault_locked`. */
  headers(account: Account, id: string): Promise<Authorization['headers']>;
  /** Makes what the next `headers` are made of anew; null where they are made anew each time. Throws as `headers`. */
  readonly renew: ((account: Account, id: string) => Promise<void>) | null;
  /** @param seconds - How long the secret is to last, where the kind leaves a choice. Throws as `headers`. */
  login(account: Account, id: string, seconds: number): Promise<Login>;
  /** The service said that it does not accept one. */
  notAccepted(id: string): void;
  /** What one is worth, by what the vault knows. */
  validity(id: string): KeyValidity;
  /** @param by - The program that it was used for, by its name where that is known; null for the app itself. */
  markUsed(id: string, by: { program: string | null } | null): void;
  /** What the Status page says of what signs an account in: its name at the service, its last use by a program. */
  facts(accountId: string): { apiKey: string | null; programUse: ProgramUse | null };
  /**
   * Gets ready to have the service revoke all that signs an account in. What it gives does that, whatever signs the
   * account in by then, and never throws for what the network does.
   *
   * @throws KeyholdError `vault_locked`.
   */
  revocation(account: Account): () => Promise<RevokedCredential>;
  /** What revokes it later, where it can be kept for that; null for nothing. @throws KeyholdError `vault_locked` */
  leaving(accountId: string): Leaving | null;
  /**
   * Deletes all that signs an account in.
   *
   * @param refused - Ids of what the service said it does not accept.
   * @returns The ids of those whose end is to be told of yet.
   */
  delete(accountId: string, refused: ReadonlySet<string>): string[];
}
