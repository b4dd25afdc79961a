import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocation, useNavigate } from 'react-router';
import { keyhold, valueOf } from '../../lib/api.ts';
import { toastError } from '../../ui/toast.ts';
import { contextsQuery } from './queries.ts';

/** Gives the function that makes another context the current one, by its id. */
export function useSwitchContext(): (contextId: string) => void {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const { mutate } = useMutation({
    mutationFn: (contextId: string) => valueOf(keyhold().contexts.setCurrent({ contextId })),
    onSuccess: async () => {
      await client.invalidateQueries(contextsQuery);
      // The other pages are about whatever context is current; these are about the one that was left.
      if (pathname === '/status/register' || pathname === '/contexts/new') await navigate('/status');
    },
    onError: toastError,
  });
  return mutate;
}
