import type { AgentState } from '../../main/agent/agent-server.ts';
import { CommandService } from '../../main/agent/command-service.ts';
import { registryService } from '../unit/main/registries/registry-parts.ts';
import type { SignInParts } from '../unit/main/signin/sign-in-parts.ts';

/** The commands of `keyhold` over the app's own parts. */
export function commandService(
  parts: SignInParts,
  home: string,
  version: string,
  agentState: () => AgentState,
): CommandService {
  const lock = (): void => {
    parts.vault.lock('click');
  };
  return new CommandService({
    ...parts,
    ...{ registries: registryService(parts, home), lock, agentState, version },
  });
}
