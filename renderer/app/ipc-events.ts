import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { CallError, keyhold } from '../lib/api.ts';
import { queries } from '../lib/queries.ts';
import { toastError } from '../ui/toast.ts';

/** Marks what the main process says has changed as old, so that whatever shows it reads it again. */
export function useIpcEvents(): void {
  const client = useQueryClient();
  useEffect(() => {
    const { on } = keyhold();
    const stale = (...names: string[]) => {
      return () => {
        for (const name of names) void client.invalidateQueries({ queryKey: [name] });
      };
    };
    const ends = [
      on.vaultChanged(stale('slots')),
      on.contextsChanged(stale('contexts', 'status', 'keys', 'registries', 'tokens', 'rotation', 'rules')),
      // Not the status: reading it asks the service, and that is what told of the sign-in.
      on.signInChanged(stale('contexts', 'tokens', 'registries')),
      on.tokensChanged(stale('tokens')),
      on.keysChanged(stale('keys', 'rotation', 'status', 'contexts', 'tokens')),
      on.registriesChanged(stale('registries')),
      // Saving a backup and making a key are both in the log.
      on.activityChanged(stale('activity', 'backup')),
      on.approvalsChanged(stale('rules')),
      on.settingsChanged(stale('settings')),
      on.actionFailed(({ code }) => {
        toastError(new CallError(code));
      }),
      on.waitChanged((state) => {
        client.setQueryData(queries.wait(state.contextId).queryKey, state);
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [client]);
}
