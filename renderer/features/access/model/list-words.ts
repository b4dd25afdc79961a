import type { AccessEntry } from '../../../../contracts/ipc/access.ts';
import {
  repositoryActionSchema,
  type RepositoryAction,
} from '../../../../contracts/server-api/repositories.ts';
import { andWords } from '../../../lib/format.ts';
import { eachOf } from './levels.ts';

/** What one may do, admin standing for all: `Pull and push`, `Admin`, `Nothing`. */
export function mayWords(actions: readonly RepositoryAction[]): string {
  return eachWords(actions.includes('admin') ? ['admin'] : actions);
}

/** Each of some actions, admin beside the others: `Push, delete and admin`. */
export function eachWords(actions: readonly RepositoryAction[]): string {
  const words = eachOf(repositoryActionSchema.options.filter((each) => actions.includes(each)));
  return words === '' ? 'Nothing' : `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** How access comes about: `directly and through a group`. */
export function howWords({ direct, via }: AccessEntry): string {
  const words = {
    role: 'by role',
    group: 'through a group',
    public: 'as everybody',
    denied: 'with something denied',
  };
  return andWords([...(direct.length > 0 ? ['directly'] : []), ...via.map((way) => words[way])]);
}
