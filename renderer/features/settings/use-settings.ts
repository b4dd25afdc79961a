import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query';
import type { Settings } from '../../../contracts/domain/settings.ts';
import type { SettingsView } from '../../../contracts/ipc/settings.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { toastError } from '../../ui/toast.ts';
import { settingsQuery } from './queries.ts';

export function useSettings(): UseQueryResult<SettingsView> {
  return useQuery(settingsQuery);
}

/** Changes settings; they count as soon as main has kept them. */
export function useChangeSettings(): UseMutationResult<SettingsView, unknown, Partial<Settings>> {
  return useKept((change) => valueOf(keyhold().settings.change(change)));
}

export function useStartAtLogin(): UseMutationResult<SettingsView, unknown, boolean> {
  return useKept((on) => valueOf(keyhold().settings.setStartAtLogin({ on })));
}

function useKept<Change>(
  mutationFn: (change: Change) => Promise<SettingsView>,
): UseMutationResult<SettingsView, unknown, Change> {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: (view) => {
      client.setQueryData(settingsQuery.queryKey, view);
    },
    onError: toastError,
  });
}
