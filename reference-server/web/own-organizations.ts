import { maxOrganizations } from '../../contracts/server-api/kisenon/organizations.ts';
import type { Organization } from '../../contracts/server-api/kisenon/organizations.ts';
import type { ServerContext } from '../context.ts';
import { listOrganizations } from '../identity/organizations.ts';

/** As people look things up: `Ä` stands at `A`, and `Team 10` after `Team 9`. */
const { compare } = new Intl.Collator('en', { numeric: true });

/** All organizations that somebody belongs to, by name. */
export async function ownOrganizations(context: ServerContext, userId: string): Promise<Organization[]> {
  const page = { limit: maxOrganizations, after: '' };
  const { orgs } = await listOrganizations(context, userId, null, page);
  return orgs.toSorted((a, b) => compare(a.name, b.name) || compare(a.slug, b.slug));
}
