/**
 * What an API token can be good for, as this server keeps it and answers it. `admin` is everything that its user may.
 * Scopes add nothing to the rights of the user.
 */
export const tokenScopes = [
  'repository:read',
  'repository:write',
  'repository:delete',
  'repository:admin',
  'read:users',
  'write:users',
  'admin',
] as const;
export type TokenScope = (typeof tokenScopes)[number];

/** Other spellings that are taken. */
const spellings: Readonly<Record<string, TokenScope>> = {
  'read:artifacts': 'repository:read',
  'read:repositories': 'repository:read',
  'write:artifacts': 'repository:write',
  'write:repositories': 'repository:write',
  'delete:artifacts': 'repository:delete',
  'delete:repositories': 'repository:delete',
  '*': 'admin',
};

/** The scope of a spelling, to the letter; null for what is none. */
export function readScope(spelled: string): TokenScope | null {
  const own = tokenScopes.find((scope) => scope === spelled);
  return own ?? (Object.hasOwn(spellings, spelled) ? (spellings[spelled] ?? null) : null);
}

/** Scopes that only administrators of the server give their tokens. */
const administrative: readonly TokenScope[] = ['write:users', 'admin'];

/** Whether only administrators of the server give their tokens this scope. */
export function isAdministrative(scope: TokenScope): boolean {
  return administrative.includes(scope);
}

/**
 * Whether scopes are good for what needs this one: it is named, or `admin` is; `repository:admin` is good for everything in
 * a repository. Otherwise none implies another: who may write may not read by that.
 */
export function coversScope(scopes: ReadonlySet<TokenScope>, needed: TokenScope): boolean {
  if (scopes.has(needed) || scopes.has('admin')) return true;
  return needed.startsWith('repository:') && scopes.has('repository:admin');
}
