import { use } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useLocation, useNavigate } from 'react-router';
import { keyhold } from '../../lib/api.ts';
import { LeavingContext } from '../../lib/leaving.ts';
import { useAction } from '../../ui/use-action.ts';
import { contextsQuery } from './queries.ts';

/** Gives the function that makes another context the current one, by its id; it asks first where something would be left. */
export function useSwitchContext(): (contextId: string) => void {
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = use(LeavingContext);
  const { pathname } = useLocation();
  const { mutate } = useAction(
    (contextId: string) => keyhold().contexts.setCurrent({ contextId }),
    async () => {
      await client.invalidateQueries(contextsQuery);
      // The other pages are about whatever context is current; these are about the one that was left.
      if (pathname === '/status/register' || pathname === '/contexts/new') await navigate('/status');
    },
  );
  return (contextId) => leave({ how: 'switch', go: () => mutate(contextId) });
}
