import { z } from 'zod';
import { lineSchema } from '../../../contracts/server-api/primitives.ts';
import type { Provider } from '../../config/provider.ts';
import { invalid } from './id-token.ts';

/** Who somebody is, as a provider says. */
export interface Person {
  /** That the provider has verified, in lower case; null for none. */
  email: string | null;
  /** What the provider calls them; null where that is nothing to show. */
  name: string | null;
  /** What they sign in with there; null where it does not say, or was not asked. */
  username: string | null;
  /** The groups that they are in there; null where it was not asked. */
  groups: readonly string[] | null;
}

/**
 * An address of ASCII letters alone: others look like them, and some become them in lower case. International domains
 * have such a form (RFC 5890).
 */
const emailSchema = z
  .email()
  .max(254)
  .transform((text) => text.toLowerCase());

/** Groups of one person that are looked at. */
const maxGroups = 10_000;

const nameSchema = lineSchema(1, 64).nullable().catch(null);
const usernameSchema = z.string().max(254).nullable().catch(null);
/** Some providers have a text for a list of one, and leave an empty one out. */
const groupsSchema = z
  .union([z.array(z.string()).max(maxGroups), z.string().transform((name) => [name])])
  .default([]);

/**
 * Reads what an id token, or a provider's userinfo endpoint, says of a person.
 *
 * @throws ApiError 401 `invalid_token` for groups that are no list, or too many; where accounts are found by e-mail address,
 *   also where there is none, or not one that the provider has verified.
 */
export function personOf(
  claims: Record<string, unknown>,
  { claims: names, accounts }: Pick<Provider, 'claims' | 'accounts'>,
): Person {
  const address = emailSchema.safeParse(claims[names.email]);
  // It speaks of `email` alone (OpenID Connect Core, section 5.1): another claim may be what somebody wrote there.
  const isVerified = claims['email_verified'] === true && claims[names.email] === claims['email'];
  if (accounts === 'of-email') {
    if (!address.success) throw invalid('it has no e-mail address that can be used here');
    if (!isVerified) throw invalid('its e-mail address is not verified there');
  }
  return {
    email: address.success && isVerified ? address.data : null,
    name: nameSchema.parse(claims[names.name]),
    username: names.username === null ? null : usernameSchema.parse(claims[names.username]),
    groups: names.groups === null ? null : groupsOf(claims[names.groups]),
  };
}

function groupsOf(claim: unknown): readonly string[] {
  const groups = groupsSchema.safeParse(claim);
  if (groups.success) return groups.data;
  throw invalid(`its groups are no list of at most ${String(maxGroups)} names`);
}
