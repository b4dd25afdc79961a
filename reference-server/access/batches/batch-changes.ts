import type { AccessChange, AccessRefusal } from '../../../contracts/server-api/access/batches.ts';
import type { RepositoryAction } from '../../../contracts/server-api/repositories.ts';
import type { Caller } from '../../auth/caller.ts';
import type { ServerContext } from '../../context.ts';
import { ApiError } from '../../http/api-error.ts';
import type { RepositoryRef } from '../../identity/repositories.ts';
import { findPrincipals, isAddress } from '../matrix/access-principals.ts';
import type { NamedSubject } from '../matrix/access-principals.ts';
import { repositoriesAccess } from '../repository-access.ts';
import type { Asker, RepositoryAccess } from '../repository-access.ts';
import { countUnknownAddresses } from '../unknown-addresses.ts';

/** What somebody shall be given on a repository instead of what there is. */
export interface CellChange {
  subject: NamedSubject;
  repository: RepositoryRef;
  /** Empty: no grant. */
  actions: readonly RepositoryAction[];
  /** RFC 3339; null for never. */
  ends: string | null;
}

/** Changes that can be made, each with its place among those that were asked for, and why others cannot. */
export interface CheckedChanges {
  changes: CellChange[];
  refused: AccessRefusal[];
}

/**
 * Finds out what changes are about, and which of them can be made, by the same number of queries however many there are.
 *
 * @param slug - Of the organization; repositories of others are not known here.
 */
export async function checkChanges(
  context: ServerContext,
  asker: Asker,
  slug: string,
  asked: readonly AccessChange[],
  now: Date,
): Promise<CheckedChanges> {
  const references = [...new Set(asked.map(({ principal }) => principal))];
  const names = [...new Set(asked.map(({ repository }) => repository))];
  const subjects = await findPrincipals(context.db, slug, references);
  const found = await repositoriesAccess(
    context,
    asker,
    names.filter((name) => name.startsWith(`${slug}/`)),
  );
  const repositories = new Map(found.map((each) => [each.name, each]));
  const seen = new Set<string>();
  const checked: CheckedChanges = { changes: [], refused: [] };
  for (const [index, change] of asked.entries()) {
    const subject = subjects.get(change.principal);
    const access = repositories.get(change.repository);
    const repository = access?.repository ?? null;
    const cell = `${subject?.id ?? change.principal} ${change.repository}`;
    const code = faultOf(change, { subject, access, isTwice: seen.has(cell), now });
    seen.add(cell);
    if (code !== null || subject === undefined || repository === null) {
      const fault = code ?? 'repository_gone';
      checked.refused.push({ index, code: fault, message: faultWords(fault, change) });
      continue;
    }
    const { actions, expires_at: end } = change;
    const ends = actions.length === 0 || end === undefined ? null : new Date(end).toISOString();
    checked.changes.push({ subject, repository, actions, ends });
  }
  return checked;
}

/**
 * For whoever is told what is refused: as `countUnknownAddresses`.
 *
 * @throws ApiError 429
 */
export function countRefusedAddresses(
  context: ServerContext,
  { principal: { id } }: Caller,
  asked: readonly AccessChange[],
  refused: CheckedChanges['refused'],
): void {
  const unknown = refused.filter(({ code }) => code === 'principal_gone');
  const gone = new Set(unknown.map(({ index }) => asked[index]?.principal));
  const addresses = asked.map(({ principal }) => principal).filter(isAddress);
  countUnknownAddresses(context, id, addresses, (address) => !gone.has(address));
}

function faultOf(
  { actions, expires_at: end }: AccessChange,
  known: {
    subject: NamedSubject | undefined;
    access: RepositoryAccess | undefined;
    isTwice: boolean;
    now: Date;
  },
): AccessRefusal['code'] | null {
  const { subject, access, isTwice, now } = known;
  if (access === undefined || access.repository === null) return 'repository_gone';
  if (!access.actions.has('read') && !access.withheld.has('read')) return 'repository_gone';
  if (!access.actions.has('admin')) return 'admin_needed';
  if (subject === undefined) return 'principal_gone';
  if (isTwice) return 'named_twice';
  return actions.length > 0 && end !== undefined && new Date(end) <= now ? 'end_passed' : null;
}

function faultWords(code: AccessRefusal['code'], { principal, repository }: AccessChange): string {
  switch (code) {
    case 'principal_gone':
      return `There is no ${principal} that ${repository} can be given to.`;
    case 'repository_gone':
      return `The repository ${repository} was not found.`;
    case 'admin_needed':
      return `You may not change who can use ${repository}.`;
    case 'end_passed':
      return `The end of what ${principal} is given on ${repository} must lie in the future.`;
    case 'named_twice':
      return `What ${principal} is given on ${repository} is named twice.`;
  }
}

/** Places of a request that an error names. */
const maxIssues = 10;

/** For a batch, of which nothing is done where one change cannot be made. @throws ApiError 400, 403, 404 */
export function requireAll({ changes, refused }: CheckedChanges): CellChange[] {
  const [first] = refused;
  if (first === undefined) return changes;
  const more = refused.length === 1 ? '' : ` ${refused.length - 1} more cannot be made either.`;
  const issues = refused
    .filter(({ code }) => code === 'end_passed' || code === 'named_twice')
    .slice(0, maxIssues)
    .map(({ index, code, message }) => ({
      path: `changes.${index}${code === 'end_passed' ? '.expires_at' : ''}`,
      message,
    }));
  throw new ApiError(codeOf(first), `${first.message}${more} Nothing was changed.`, {
    details: { refused, ...(issues.length === 0 ? {} : { issues }) },
  });
}

function codeOf({ code }: AccessRefusal) {
  switch (code) {
    case 'principal_gone':
    case 'repository_gone':
      return 'not_found';
    case 'admin_needed':
      return 'role_insufficient';
    case 'end_passed':
    case 'named_twice':
      return 'invalid_request';
  }
}
