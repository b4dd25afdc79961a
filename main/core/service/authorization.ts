/**
 * What a service can be found to say of a sign-in.
 *
 * - `signed_in`: it knows who asks.
 * - `key_unknown`: it does not know the credential, or has revoked it.
 * - `refused`: it knows the credential, and refused for another reason.
 * - `unreachable`: nothing answered.
 * - `foreign`: something else than the service answered.
 */
export type Said = 'signed_in' | 'key_unknown' | 'refused' | 'unreachable' | 'foreign';

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
  /** To be called with what the service said of it, so that whatever shows the sign-in knows. */
  note(said: Said): void;
}

/** A sign-in at a registry (RFC 7617), otherwise as an `Authorization`. */
export interface RegistryLogin extends Omit<Authorization, 'headers'> {
  readonly username: string;
  readonly secret: string;
}

/** Signs the requests of contexts in. */
export interface Authorizer {
  /** Where a context's service is, and who a request to it is signed in as. */
  authorize(contextId: string): Promise<{ origin: string; authorization: Authorization }>;
}
