import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { AgentServer } from '../agent/agent-server.ts';
import type { DoctorService } from '../core/doctor/doctor-service.ts';
import type { RegistryService } from '../core/registries/registry-service.ts';
import type { Vault } from '../core/vault/vault.ts';
import { requireUnlocked } from './guard.ts';

interface Deps {
  vault: Vault;
  registries: RegistryService;
  doctor: Pick<DoctorService, 'overview'>;
  agent: AgentServer;
}

export function registriesHandlers({ vault, registries, doctor, agent }: Deps): IpcHandlers['registries'] {
  return {
    list: async () => {
      requireUnlocked(vault);
      return { ...(await doctor.overview()), agent: agent.state() };
    },
    preview: ({ contextId, client }) => {
      requireUnlocked(vault);
      return registries.preview(contextId, client);
    },
    setUp: async ({ contextId, client }) => {
      requireUnlocked(vault);
      await registries.setUp(contextId, client);
    },
    undo: ({ contextId, client }) => {
      requireUnlocked(vault);
      return registries.undo(contextId, client);
    },
  };
}
