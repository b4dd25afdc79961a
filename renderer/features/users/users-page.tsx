import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { ForAdministrators } from './for-administrators.tsx';
import { Users } from './users.tsx';

/** The users of the context's service, for its administrators. */
export function UsersPage({ context }: { context: ContextSummary }): ReactNode {
  return (
    <ForAdministrators title="Users" context={context}>
      {(me) => <Users context={context} me={me} />}
    </ForAdministrators>
  );
}
