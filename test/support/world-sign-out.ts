import { KeyholdError } from '../../contracts/errors.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { UnrevokedSummary } from '../../contracts/ipc/unrevoked.ts';
import type { ContextSummary } from '../../contracts/domain/context.ts';
import type { RevokedCredential } from '../../contracts/ipc/sign-out.ts';
import { sampleKey, timeFromNow } from './samples.ts';
import type { World } from './world.ts';

export function sampleUnrevoked(facts: Partial<UnrevokedSummary> = {}): UnrevokedSummary {
  return {
    id: '5f0d9f0e-8f0c-4a57-9c5f-0f9c2a8d1e77',
    kind: 'api-key',
    label: 'Keyhold on laptop',
    contextName: 'Production',
    serviceName: 'Acme Registry',
    host: 'registry.acme.example',
    leftAt: timeFromNow(-3600),
    endsAt: null,
    triedAt: timeFromNow(-120),
    outcome: 'unreachable',
    ...facts,
  };
}

export function unrevokedHandlers(world: World): IpcHandlers['unrevoked'] {
  const take = (id: string): void => {
    if (!world.unrevoked.some((left) => left.id === id)) throw new KeyholdError('unrevoked_gone');
    world.unrevoked = world.unrevoked.filter((left) => left.id !== id);
  };
  return {
    list: () => world.unrevoked,
    retry: ({ id }) => {
      if (world.revocation === 'revoked' || world.revocation === 'not_registered') take(id);
      return { revocation: world.revocation };
    },
    giveUp: ({ id }) => take(id),
  };
}

function credentialOf(
  world: World,
  { id, credential }: ContextSummary,
): Omit<RevokedCredential, 'revocation'> {
  if (credential === 'session' || credential === 'pasted')
    return { kind: credential, label: null, fingerprint: null };
  if (credential === 'api-key') return { kind: 'api-key', label: 'Keyhold on laptop', fingerprint: null };
  const { label, fingerprint } = world.keys.find((key) => key.contextId === id) ?? sampleKey();
  return { kind: 'key', label, fingerprint };
}

export function signOutHandlers(world: World): IpcHandlers['signOut'] {
  const inTurn = <Value>(values: readonly Value[], index: number, otherwise: Value): Value =>
    values[index % values.length] ?? otherwise;
  return {
    run: ({ contextId }) => {
      const chosen = world.contexts.filter(({ id, state }) =>
        contextId === null ? state !== 'signed_out' : id === contextId,
      );
      const results = chosen.map((context, index) => {
        const done = !world.signOut.stuck.includes(context.id);
        const isToken = context.credential === 'pasted';
        const revocation = isToken
          ? ('not_possible' as const)
          : inTurn(world.signOut.revocations, index, 'revoked');
        return {
          context: done ? { ...context, state: 'signed_out' as const } : context,
          done,
          credentials: [{ ...credentialOf(world, context), revocation }],
          setUps: { podman: inTurn(world.signOut.left, index, 'none'), docker: 'none' as const },
        };
      });
      const after = new Map(results.map(({ context }) => [context.id, context]));
      world.contexts = world.contexts.map((context) => after.get(context.id) ?? context);
      return { results, left: 0 };
    },
    cancel: () => undefined,
    signInAgain: ({ contextId }) => {
      world.contexts = world.contexts.map((context) =>
        context.id === contextId ? { ...context, state: 'pending' as const } : context,
      );
      const context = world.contexts.find(({ id }) => id === contextId);
      if (context === undefined) throw new KeyholdError('context_not_found');
      return context;
    },
  };
}
