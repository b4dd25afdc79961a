import type { ExpressionBuilder } from 'kysely';
import { repositoryActionSchema } from '../../contracts/server-api/repositories.ts';
import type { RepositoryAction } from '../../contracts/server-api/repositories.ts';
import type { Database } from './schema.ts';

/** All that can be done to a repository, in the order in which it is stored and shown. */
export const repositoryActions = repositoryActionSchema.options;

/** Actions as a grant stores them: `read,write`. */
export function writeActions(actions: Iterable<RepositoryAction>): string {
  const set = new Set(actions);
  return repositoryActions.filter((action) => set.has(action)).join(',');
}

/** The actions of a stored grant; a word that is not one of them gives nothing. */
export function readActions(text: string): RepositoryAction[] {
  const words = text.split(',');
  return repositoryActions.filter((action) => words.includes(action));
}

/** For a query of grants: only those of a principal, or of a group that it is a member of. */
export function belongsTo(principalId: string) {
  return (where: ExpressionBuilder<Database, 'grants'>) =>
    where.or([
      where('grants.principal_id', '=', principalId),
      where(
        'grants.principal_id',
        'in',
        where.selectFrom('group_members').select('group_id').where('user_id', '=', principalId),
      ),
    ]);
}

/** For a query of grants: only those that have not ended at an instant. */
export function hasNotEnded(at: Date) {
  return (where: ExpressionBuilder<Database, 'grants'>) =>
    where.or([where('grants.expires_at', 'is', null), where('grants.expires_at', '>', at.toISOString())]);
}
