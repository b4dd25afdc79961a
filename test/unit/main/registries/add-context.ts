import type { StoredContext } from '../../../../main/core/contexts/context-service.ts';
import { insertContext } from '../../../../main/core/contexts/context-store.ts';
import { writeFirstChoice } from '../../../../main/core/contexts/registry-account-store.ts';
import type { SignInParts } from '../signin/sign-in-parts.ts';

/**
 * Puts a context with a key of its own into the vault, as it is once its service knows the key; one that is signed
 * out has no key. For tests in which no service is asked.
 */
export function addContext(
  { vault, keys }: Pick<SignInParts, 'vault' | 'keys'>,
  facts: Partial<StoredContext> = {},
): StoredContext {
  // The number of contexts as long as none was removed, at the same cost for any.
  const count =
    vault.sql().get<{ count: number | null }>('SELECT max(rowid) AS count FROM contexts')?.count ?? 0;
  const { origin } = facts;
  const host = facts.host ?? (origin === undefined ? 'registry.example:5000' : new URL(origin).host);
  const context: StoredContext = {
    hasNarrowSession: false,
    signedOutOf: null,
    audience: null,
    id: crypto.randomUUID(),
    name: `Context ${String(count + 1)}`,
    colour: 'indigo',
    label: null,
    origin: `https://${host}`,
    host,
    serviceName: 'Registry',
    dialects: ['keyhold'],
    userId: `user-${String(count + 1)}`,
    org: null,
    credential: facts.state === 'signed_out' ? null : 'key',
    endsAt: null,
    state: 'active',
    current: count === 0,
    hasRegistry: true,
    dashboardUrl: null,
    maxTokenTtl: 86_400,
    setUpPodman: false,
    setUpDocker: false,
    createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, count)).toISOString(),
    ...facts,
  };
  insertContext(vault.sql(), context);
  keys.setTerms(context.id, { signingAlg: 'Ed25519', maxTokenTtl: context.maxTokenTtl ?? 86_400 });
  if (context.state === 'active' && context.hasRegistry) writeFirstChoice(vault.sql(), host, context.id);
  if (context.state === 'signed_out') return context;
  const { kid } = keys.create(context.id, 'laptop');
  if (context.state === 'active') keys.markRegistered(kid);
  return context;
}
