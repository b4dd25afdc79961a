import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { registryClients } from '../../../contracts/domain/registry-client.ts';
import type { ContextService } from '../contexts/context-service.ts';
import type { RegistryEntries } from '../registries/registry-service.ts';
import { forPerson, mendable, type Check, type Found } from './finding.ts';

interface Deps {
  contexts: Pick<ContextService, 'list' | 'useAccount'>;
}

/** A registry with its context. */
interface Account {
  registry: RegistryEntries;
  context: ContextSummary;
}

/** Whether an account answers for each host: it is chosen, and it can. Nobody takes its place otherwise. */
export function accountsCheck(deps: Deps): Check {
  return ({ overview }) => {
    const contexts = new Map(deps.contexts.list().map((context) => [context.id, context]));
    const byHost = new Map<string, Account[]>();
    for (const registry of overview.registries) {
      const context = contexts.get(registry.contextId);
      if (context === undefined) continue;
      byHost.set(registry.host, [...(byHost.get(registry.host) ?? []), { registry, context }]);
    }
    return [...byHost].flatMap(([host, accounts]) => ofHost(deps, host, accounts));
  };
}

function ofHost({ contexts }: Deps, host: string, accounts: readonly Account[]): Found[] {
  const touches = { clients: registryClients, hosts: [host] };
  const about = { id: `account:${host}`, subject: `Account for ${host}`, touches };
  const able = accounts.map(({ context }) => context).filter(({ state }) => state === 'active');
  const chosen = accounts.find(({ registry }) => registry.answers === 'this');
  if (chosen !== undefined) return unableOf(about, chosen, able);
  const [first, ...others] = able;
  if (first === undefined) return [];
  const trouble = {
    ...about,
    state: 'broken' as const,
    found: 'No account is chosen.',
    why: 'Podman and Docker get no sign-in for it until you choose one.',
  };
  if (others.length === 0) {
    return [
      mendable(trouble, `Use “${first.name}”`, () => {
        contexts.useAccount(first.id);
        return Promise.resolve();
      }),
    ];
  }
  return [forPerson(trouble, 'Choose one on the Registries page with “Use this account”.')];
}

const stateWords = { pending: 'its key is not registered', signed_out: 'it is signed out' } as const;

/** The chosen account cannot answer, and somebody may expect it to. */
function unableOf(
  about: Pick<Found, 'id' | 'subject' | 'touches'>,
  { registry, context }: Account,
  able: readonly ContextSummary[],
): Found[] {
  const isMissed =
    able.length > 0 || registryClients.some((client) => registry.clients[client].entry === 'keyhold');
  if (context.state === 'active' || !isMissed) return [];
  return [
    forPerson(
      {
        ...about,
        state: 'broken',
        why: 'No other account answers in its place.',
        found: `“${context.name}” is chosen, and ${stateWords[context.state]}.`,
      },
      `Sign in to ${context.name} again, or choose another account on the Registries page.`,
    ),
  ];
}
