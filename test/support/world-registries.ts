import type { RegistryClient } from '../../contracts/domain/registry-client.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { ClientSetUp } from '../../contracts/ipc/registries.ts';
import type { World } from './world.ts';

export const sampleFiles = {
  podman: '/home/ada/.config/containers/auth.json',
  docker: '/home/ada/.docker/config.json',
};

/** The registries of a world, and their set-up. */
export function registriesHandlers(world: World): IpcHandlers['registries'] {
  const change = (contextId: string, client: RegistryClient, setUp: ClientSetUp): void => {
    world.registries = world.registries.map((registry) =>
      registry.contextId === contextId
        ? { ...registry, clients: { ...registry.clients, [client]: setUp } }
        : registry,
    );
  };
  return {
    list: () => ({
      registries: world.registries,
      helper: world.helper,
      agent: world.agent,
      troubles: {
        broken: world.findings.filter(({ state }) => state === 'broken').length,
        warnings: world.findings.filter(({ state }) => state === 'warning').length,
      },
      files: sampleFiles,
    }),
    preview: ({ client }) => ({ ...world.preview, file: sampleFiles[client] }),
    setUp: ({ contextId, client }) => {
      change(contextId, client, { entry: 'keyhold', canUndo: true, fault: null, trouble: null });
    },
    use: ({ contextId }) => {
      const host = world.registries.find((registry) => registry.contextId === contextId)?.host;
      world.registries = world.registries.map((registry) =>
        registry.host === host
          ? { ...registry, answers: registry.contextId === contextId ? 'this' : 'other' }
          : registry,
      );
    },
    undo: ({ contextId, client }) => {
      change(contextId, client, { entry: 'none', canUndo: false, fault: null, trouble: null });
      return { restored: world.restored };
    },
  };
}
