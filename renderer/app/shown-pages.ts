import { useCurrentContext } from '../features/contexts/queries.ts';
import { useActing } from '../features/orgs/queries.ts';
import { pagesFor, type PageEntry } from './page-table.ts';

/** The pages that the current context's user has a use for, as far as that is known. */
export function useShownPages(): PageEntry[] {
  const current = useCurrentContext() ?? null;
  const acting = useActing(current);
  // An API key is for one organization, and decides about no accounts.
  const isOperator = current === null || (acting?.operator === true && acting.key === null);
  return pagesFor(current).filter(({ forOperators = false }) => isOperator || !forOperators);
}
