import { perClient, type RegistryClient } from '../../../contracts/domain/registry-client.ts';
import type { ClientSetUp, Registry } from '../../../contracts/ipc/registries.ts';
import type { RegistryEntries } from '../registries/registry-service.ts';
import type { Found } from './finding.ts';

/** A registry with the worst that was found about each client's entry for it. */
export function withTroubles(registry: RegistryEntries, found: readonly Found[]): Registry {
  const { host, clients } = registry;
  return {
    ...registry,
    clients: perClient((client) => ({ ...clients[client], trouble: troubleOf(client, host, found) })),
  };
}

/** @param found - The worst first. */
function troubleOf(client: RegistryClient, host: string, found: readonly Found[]): ClientSetUp['trouble'] {
  for (const { state, subject, touches } of found) {
    if (state === 'ok' || touches?.clients.includes(client) !== true) continue;
    if (touches.hosts === null || touches.hosts.includes(host)) return { state, subject };
  }
  return null;
}
