import { orgSlugSchema } from '../../contracts/server-api/primitives.ts';

/** Name of a repository as OCI distribution 1.1 writes it ("Pulling manifests"), with at least two segments. */
const fullNamePattern = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)+$/;
const maxFullNameLength = 255;

/** The organization in a repository's full name (`acme` in `acme/web`), or null when the name is not allowed. */
export function orgOfRepository(fullName: string): string | null {
  if (fullName.length > maxFullNameLength || !fullNamePattern.test(fullName)) return null;
  const [slug = ''] = fullName.split('/');
  return orgSlugSchema.safeParse(slug).success ? slug : null;
}
