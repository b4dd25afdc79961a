import { KeyholdError, type ErrorCode } from '../../../contracts/errors.ts';

/**
 * What a service can be found to say of a sign-in.
 *
 * - `signed_in`: it knows who asks.
 * - `waiting`: it knows who asks, and an operator has to approve the account first.
 * - `not_accepted`: it does not know the credential, or has revoked it.
 * - `refused`: it knows the credential, and refused for another reason.
 * - `unreachable`: nothing answered.
 * - `foreign`: something else than the service answered.
 */
export type Said = 'signed_in' | 'waiting' | 'not_accepted' | 'refused' | 'unreachable' | 'foreign';

/** The fields of a request that a token signs in (RFC 6750, section 2.1). */
export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** Who a request is signed in as. Made by `Credentials` for one request, or a few that follow each other at once. */
export interface Authorization {
  /** The credential that it was made with: another one when that was replaced. */
  readonly credentialId: string;
  /** Fields of the request, their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** What it means to a person that the service does not accept the credential. */
  readonly notAccepted: ErrorCode;
  /** To be called with what the service said of it, so that whatever shows the sign-in knows. */
  note(said: Said): void;
  /**
   * Makes one anew, because the service calls this one over before its time. Null where another one would be no better.
   *
   * @throws As `Authorizer.authorize`.
   */
  readonly renew: (() => Promise<Authorization>) | null;
}

/** A sign-in at a registry (RFC 7617), otherwise as an `Authorization`. */
export interface RegistryLogin extends Omit<Authorization, 'headers' | 'renew'> {
  readonly username: string;
  readonly secret: string;
}

/** Signs the requests of contexts in. */
export interface Authorizer {
  /**
   * Where a context's service is, and who a request to it is signed in as.
   *
   * @throws NotSignedIn when the service had to be asked for it, and said no or nothing.
   */
  authorize(contextId: string): Promise<{ origin: string; authorization: Authorization }>;
}

/** A service that was to renew a sign-in did not; what it said was noted. */
export class NotSignedIn extends KeyholdError {
  readonly said: Said;

  constructor(said: Said, { code, details }: KeyholdError) {
    super(code, details);
    this.said = said;
  }
}
