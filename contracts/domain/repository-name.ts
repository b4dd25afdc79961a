const part = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';

/**
 * Full name of a repository: two parts or more of the grammar of the OCI distribution specification 1.1 ("Pulling
 * manifests"), the first of which is the organization. Each name is a repository of its own: nothing follows from how
 * one begins.
 */
export const repositoryNamePattern = new RegExp(`^${part}(?:/${part})+$`);

/** Longest full name, in characters. */
export const repositoryNameMax = 255;

/** Whether this is the full name of a repository. */
export function isRepositoryName(text: string): boolean {
  return text.length <= repositoryNameMax && repositoryNamePattern.test(text);
}
