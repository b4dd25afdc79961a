import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { ContextService } from '../core/contexts/context-service.ts';
import type { RegistryService } from '../core/registries/registry-service.ts';
import type { Registration } from '../core/signin/registration.ts';
import type { Vault } from '../core/vault/vault.ts';
import { requireUnlocked } from './guard.ts';

interface Deps {
  vault: Vault;
  contexts: ContextService;
  registries: RegistryService;
  registration: Registration;
  openExternalLink: (link: string, contextOrigin: string) => Promise<void>;
}

export function contextsHandlers(deps: Deps): IpcHandlers['contexts'] {
  const { vault, contexts, registries, registration } = deps;
  return {
    list: () => {
      requireUnlocked(vault);
      return contexts.list();
    },
    current: () => {
      requireUnlocked(vault);
      const current = contexts.current();
      return current && contexts.summary(current.id);
    },
    discover: ({ address }) => {
      requireUnlocked(vault);
      return contexts.discover(address);
    },
    openFoundDashboard: async () => {
      requireUnlocked(vault);
      const { url, origin } = contexts.foundDashboard();
      await deps.openExternalLink(url, origin);
    },
    add: (request) => {
      requireUnlocked(vault);
      return contexts.add(request);
    },
    edit: ({ contextId, ...look }) => {
      requireUnlocked(vault);
      return contexts.edit(contextId, look);
    },
    correctUser: ({ contextId, userId }) => {
      requireUnlocked(vault);
      const corrected = contexts.correctUser(contextId, userId);
      registration.restart(contextId);
      return corrected;
    },
    setCurrent: ({ contextId }) => {
      requireUnlocked(vault);
      contexts.setCurrent(contextId);
    },
    remove: async ({ contextId }) => {
      requireUnlocked(vault);
      registration.cancel(contextId);
      await registries.forget(contextId);
      contexts.remove(contextId);
    },
    status: ({ contextId }) => {
      requireUnlocked(vault);
      return contexts.status(contextId);
    },
    openDashboard: async ({ contextId }) => {
      requireUnlocked(vault);
      await deps.openExternalLink(contexts.dashboardUrl(contextId), contexts.get(contextId).origin);
    },
  };
}
