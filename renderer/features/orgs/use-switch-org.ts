import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { OrgSummary } from '../../../contracts/ipc/orgs.ts';
import { keyhold } from '../../lib/api.ts';
import { useAction } from '../../ui/use-action.ts';
import { useSwitchContext } from '../contexts/use-switch-context.ts';

/**
 * Gives the function that has a context act in another organization. Where another context of the account does that
 * already, that one becomes the current one.
 */
export function useSwitchOrg(
  context: Pick<ContextSummary, 'id'>,
): (org: Pick<OrgSummary, 'slug' | 'heldBy'>) => void {
  const switchContext = useSwitchContext();
  const { mutate } = useAction((org: string) => keyhold().orgs.switchTo({ contextId: context.id, org }));
  return ({ slug, heldBy }) => {
    if (heldBy === null) mutate(slug);
    else switchContext(heldBy);
  };
}
