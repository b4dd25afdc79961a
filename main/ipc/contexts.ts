import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { ContextService } from '../core/contexts/context-service.ts';
import type { RegistryService } from '../core/registries/registry-service.ts';
import type { Registration } from '../core/signin/registration.ts';

interface Deps {
  contexts: ContextService;
  registries: RegistryService;
  registration: Registration;
  openExternalLink: (link: string, contextOrigin: string) => Promise<boolean>;
}

export function contextsHandlers(deps: Deps): IpcHandlers['contexts'] {
  const { contexts, registries, registration } = deps;
  return {
    list: () => contexts.list(),
    current: () => {
      const current = contexts.current();
      return current && contexts.summary(current.id);
    },
    discover: ({ address }) => contexts.additions.discover(address),
    openFoundDashboard: async () => {
      const { url, origin } = contexts.additions.foundDashboard();
      await deps.openExternalLink(url, origin);
    },
    add: (request) => contexts.additions.add(request),
    edit: ({ contextId, ...appearance }) => contexts.edit(contextId, appearance),
    correctUser: ({ contextId, userId }) => {
      const corrected = contexts.correctUser(contextId, userId);
      registration.restart(contextId);
      return corrected;
    },
    setCurrent: ({ contextId }) => contexts.setCurrent(contextId),
    remove: async ({ contextId }) => {
      registration.cancel(contextId);
      await registries.forget(contextId);
      contexts.remove(contextId);
    },
    status: ({ contextId }) => contexts.status(contextId),
    openDashboard: async ({ contextId }) => {
      await deps.openExternalLink(contexts.dashboardUrl(contextId), contexts.get(contextId).origin);
    },
  };
}
