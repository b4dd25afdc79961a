import { z } from 'zod';
import { lineSchema } from '../../../contracts/server-api/primitives.ts';
import { invalid } from './id-token.ts';

/** Who somebody is, as a provider has checked. */
export interface Person {
  /** In lower case. */
  email: string;
  /** What the provider calls them; null where that is nothing to show. */
  name: string | null;
}

/**
 * An address of ASCII letters alone: others look like them, and some become them in lower case. International domains
 * have such a form (RFC 5890).
 */
const emailSchema = z
  .email()
  .max(254)
  .transform((text) => text.toLowerCase());

const nameSchema = lineSchema(1, 64).nullable().catch(null);

/**
 * Reads what an id token, or a provider's userinfo endpoint, says of a person.
 *
 * @throws ApiError 401 `invalid_token` where there is no e-mail address, or not one that the provider has verified.
 */
export function personOf({ email, email_verified, name }: Record<string, unknown>): Person {
  const address = emailSchema.safeParse(email);
  if (!address.success) throw invalid('it has no e-mail address that can be used here');
  if (email_verified !== true) throw invalid('its e-mail address is not verified there');
  return { email: address.data, name: nameSchema.parse(name) };
}
