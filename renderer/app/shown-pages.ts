import { useCurrentContext } from '../features/contexts/queries.ts';
import { useActing } from '../features/orgs/queries.ts';
import { administrator, useOwnUser } from '../features/users/queries.ts';
import { pagesFor, type PageEntry } from './page-table.ts';

/** The pages that the current context's user has a use for, as far as that is known. */
export function useShownPages(): PageEntry[] {
  const current = useCurrentContext() ?? null;
  const acting = useActing(current);
  const me = useOwnUser(current);
  const administers = current === null || me?.role === administrator;
  const is = {
    // An API key is for one organization, and decides about no accounts.
    operators: current === null || (acting?.operator === true && acting.key === null),
    administrators: administers,
    // Owners read what concerns their organization.
    auditors: administers || acting?.role === 'owner',
  };
  return pagesFor(current).filter(({ only }) => only === undefined || is[only]);
}
