import type { AccessEntry } from '../../../../contracts/ipc/access.ts';
import {
  repositoryActionSchema,
  type RepositoryAction,
} from '../../../../contracts/server-api/repositories.ts';
import { andWords } from '../../../lib/format.ts';

const labels: Readonly<Record<RepositoryAction, string>> = {
  ...{ read: 'Read', write: 'Write', delete: 'Delete', admin: 'Admin' },
};

/** What one may do, admin standing for all: `Read and write`, `Admin`, `Nothing`. */
export function mayWords(actions: readonly RepositoryAction[]): string {
  return actions.includes('admin') ? labels.admin : eachWords(actions);
}

/** Each of some actions, admin beside the others: `Write, delete and admin`. */
export function eachWords(actions: readonly RepositoryAction[]): string {
  const words = andWords(
    repositoryActionSchema.options.filter((each) => actions.includes(each)).map((action) => labels[action]),
  );
  return words === '' ? 'Nothing' : `${words.charAt(0)}${words.slice(1).toLowerCase()}`;
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
