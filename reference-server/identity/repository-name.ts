import { isRepositoryName } from '../../contracts/domain/repository-name.ts';
import { orgSlugSchema } from '../../contracts/server-api/primitives.ts';

/** The organization in a repository's full name (`acme` in `acme/web`), or null when the name is not allowed. */
export function orgOfRepository(fullName: string): string | null {
  if (!isRepositoryName(fullName)) return null;
  const [slug = ''] = fullName.split('/');
  return orgSlugSchema.safeParse(slug).success ? slug : null;
}
