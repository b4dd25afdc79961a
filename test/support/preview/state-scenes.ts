import type { SignInState } from '../../../contracts/domain/sign-in.ts';
import {
  productionId,
  sampleContext,
  sampleInspection,
  sampleKey,
  sampleRegistry,
  sampleSignIn,
  sampleStatus,
  sampleToken,
  stagingId,
  timeFromNow,
} from '../samples.ts';
import type { World } from '../world.ts';
import { sampleTroubles } from '../world-doctor.ts';

const states: readonly SignInState[] = ['unreachable', 'not_accepted', 'expired', 'unknown'];

/** Contexts in every state; the first one was asked 40 minutes ago. */
function everyState(): Partial<World> {
  const old = timeFromNow(-2400);
  const stale = { state: 'signed_in', since: old, checkedAt: old, seenAt: old } as const;
  const others = states.map((state, index) =>
    sampleContext({
      id: `${productionId.slice(0, -1)}${String(index + 4)}`,
      name: `Context ${String(index + 2)}`,
      label: 'a label as long as it may',
      current: false,
      signIn: sampleSignIn(state),
    }),
  );
  return { contexts: [sampleContext({ signIn: stale, label: 'a label as long as it may' }), ...others] };
}

/** A context that a session signs in, and that it ended for. */
function session(ended: boolean): Partial<World> {
  const endsAt = timeFromNow(ended ? -600 : 5 * 3600);
  const signIn = sampleSignIn(ended ? 'expired' : 'signed_in');
  return {
    contexts: [sampleContext({ credential: 'session', maxTokenTtl: null, endsAt, signIn })],
    status: sampleStatus({
      key: null,
      programUse: null,
      ...(ended && { identity: null, org: null, role: null }),
    }),
  };
}

/** What the main process knows in the pictures of states and their age. */
export const stateScenes = {
  everyState,
  session: () => session(false),
  signedSessionEnded: () => session(true),
  apiKey: (): Partial<World> => ({
    contexts: [sampleContext({ credential: 'api-key', maxTokenTtl: null })],
    status: sampleStatus({ key: null, apiKey: 'Keyhold on ada-laptop' }),
  }),
  tokensEnded: () => ({
    tokens: [
      sampleToken({ key: { state: 'revoked', at: timeFromNow(-60) } }),
      sampleToken({
        tokenId: '7c9e6679-7425-40de-944b-e07fc1f90ae2',
        contextId: stagingId,
        key: { state: 'deleted', at: timeFromNow(-60) },
      }),
    ],
  }),
  inspectRevoked: () => {
    const inspection = sampleInspection();
    if (inspection.signature.state !== 'verified') return { inspection };
    const signature = { ...inspection.signature, key: { state: 'revoked' as const, at: timeFromNow(-300) } };
    return { inspection: { ...inspection, signature } };
  },
  liveTokens: () => ({
    liveTokens: [{ contextId: productionId, kid: sampleKey().kid, count: 3, until: timeFromNow(7200) }],
  }),
  registriesSpoilt: () => ({
    registries: [
      sampleRegistry({
        clients: {
          podman: {
            entry: 'keyhold',
            canUndo: true,
            fault: null,
            trouble: { state: 'broken', subject: 'Stored password for registry.acme.example' },
          },
          docker: {
            entry: 'keyhold',
            canUndo: true,
            fault: null,
            trouble: { state: 'warning', subject: 'PATH' },
          },
        },
      }),
    ],
    helper: { path: '/home/ada/.local/bin/docker-credential-keyhold', state: 'stale', onPath: true },
    findings: [sampleTroubles.password, sampleTroubles.docker],
  }),
} satisfies Readonly<Record<string, () => Partial<World>>>;
