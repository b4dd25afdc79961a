import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { AgentServer } from '../agent/agent-server.ts';
import type { ContextService } from '../core/contexts/context-service.ts';
import type { DoctorService } from '../core/doctor/doctor-service.ts';
import type { RegistryService } from '../core/registries/registry-service.ts';

interface Deps {
  registries: RegistryService;
  contexts: ContextService;
  doctor: Pick<DoctorService, 'overview'>;
  agent: AgentServer;
}

export function registriesHandlers(deps: Deps): IpcHandlers['registries'] {
  const { registries, contexts, doctor, agent } = deps;
  return {
    list: async () => {
      // First, for it brings the agent back: no trouble is told of one that listens by now.
      const state = await agent.keep();
      return { ...(await doctor.overview()), agent: state };
    },
    preview: ({ contextId, client }) => registries.preview(contextId, client),
    setUp: ({ contextId, client }) => registries.setUp(contextId, client),
    use: ({ contextId }) => contexts.useAccount(contextId),
    undo: ({ contextId, client }) => registries.undo(contextId, client),
  };
}
