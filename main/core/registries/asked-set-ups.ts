import { registryClients } from '../../../contracts/domain/registry-client.ts';
import type { WaitState } from '../../../contracts/ipc/signin.ts';
import type { StoredContext } from '../contexts/context-service.ts';
import type { Logger } from '../ports.ts';
import type { RegistryService } from './registry-service.ts';

interface Deps {
  registries: Pick<RegistryService, 'setUp'>;
  logger: Logger;
}

/** Sets up the clients that the user chose when adding a context. One that fails does not keep the other from it. */
export async function setUpAsked(
  { registries, logger }: Deps,
  context: StoredContext,
): Promise<WaitState['setUps']> {
  const asked = { podman: context.setUpPodman, docker: context.setUpDocker };
  const setUps: WaitState['setUps'] = { podman: 'not_asked', docker: 'not_asked' };
  if (!context.hasRegistry) return setUps;
  for (const client of registryClients.filter((each) => asked[each])) {
    try {
      await registries.setUp(context.id, client);
      setUps[client] = 'done';
    } catch (error) {
      logger.error('registration.set_up_failed', error);
      setUps[client] = 'failed';
    }
  }
  return setUps;
}
