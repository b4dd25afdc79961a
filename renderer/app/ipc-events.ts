import { useQueryClient, type QueryKey } from '@tanstack/react-query';
import { useEffect } from 'react';
import { activityKey } from '../features/activity/queries.ts';
import { rulesKey } from '../features/approvals/queries.ts';
import { backupKey } from '../features/backup/queries.ts';
import { browserSignInQuery, contextsKey, statusKey } from '../features/contexts/queries.ts';
import { keysKey, rotationKey, waitQuery } from '../features/keys/queries.ts';
import { linkQuery } from '../features/links/queries.ts';
import { keysOfList } from '../features/orgs/queries.ts';
import { registriesKey } from '../features/registries/queries.ts';
import { settingsKey } from '../features/settings/queries.ts';
import { unrevokedQuery } from '../features/sign-out/queries.ts';
import { tokensKey } from '../features/tokens/queries.ts';
import { slotsKey } from '../features/vault/queries.ts';
import { CallError, keyhold } from '../lib/api.ts';
import { toastError } from '../ui/toast.ts';

/** Marks what the main process says has changed as old, so that whatever shows it reads it again. */
export function useIpcEvents(): void {
  const client = useQueryClient();
  useEffect(() => {
    const { on } = keyhold();
    const stale = (...keys: QueryKey[]) => {
      return () => {
        for (const queryKey of keys) void client.invalidateQueries({ queryKey });
      };
    };
    const ends = [
      on.vaultChanged(stale(slotsKey)),
      on.contextsChanged(
        stale(contextsKey, statusKey, keysKey, registriesKey, tokensKey, rotationKey, rulesKey),
      ),
      // Not the status: reading it asks the service, and that is what told of the sign-in.
      on.signInChanged(stale(contextsKey, tokensKey, registriesKey)),
      on.unrevokedChanged(stale(unrevokedQuery.queryKey)),
      on.tokensChanged(stale(tokensKey)),
      on.keysChanged(stale(keysKey, rotationKey, statusKey, contextsKey, tokensKey)),
      on.registriesChanged(stale(registriesKey)),
      on.linksChanged(stale(linkQuery.queryKey)),
      // Saving a backup and making a key are both in the log.
      on.activityChanged(stale(activityKey, backupKey)),
      on.approvalsChanged(stale(rulesKey)),
      on.settingsChanged(stale(settingsKey)),
      on.actionFailed(({ code }) => toastError(new CallError(code))),
      on.organizationChanged(({ contextId, lists }) => {
        for (const list of lists) stale(...keysOfList[list].map((key) => [key, contextId]))();
      }),
      on.browserSignInChanged((state) => {
        client.setQueryData(browserSignInQuery.queryKey, state);
      }),
      on.waitChanged((state) => {
        client.setQueryData(waitQuery(state.contextId).queryKey, state);
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [client]);
}
