import { z } from 'zod';
import { browserAccessOf } from '../../../contracts/domain/browser-access.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import { isLoopbackHost } from '../../../contracts/domain/origin.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { DiscoveredService } from '../../../contracts/ipc/contexts.ts';
import { discoveryPath, discoverySchema, signingAlgSchema } from '../../../contracts/server-api/index.ts';
import type { SigningAlg } from '../../../contracts/server-api/index.ts';
import type { Logger } from '../ports.ts';
import { askService, failureOf } from './client.ts';
import type { ServiceDeps } from './client.ts';
import { knownDialects, type Dialect } from './dialects/dialect.ts';
import { parseOrigin } from './origin.ts';
import { readAnswer } from './read-answer.ts';
import type { KeeperSignIn } from './keeper-sign-in.ts';
import { askKeeperSignIn, recognise, type Recognised } from './recognition.ts';

const timeoutMs = 5000;
/** Anybody may answer here: a description is short. */
const maxBytes = 64 * 1024;

/**
 * What services may leave out, and the life that a token must be able to have to be of use. One of thousands of years is
 * a way to say that there is no limit; it would be no time that a clock can show.
 */
const answerSchema = discoverySchema.partial({ dashboard_url: true, signing_algs: true }).extend({
  max_token_ttl: z
    .number()
    .min(limits.ttlMin)
    .transform((seconds) => Math.min(Math.floor(seconds), limits.ttlMax)),
});

/** What main keeps of a discovery beyond what the window sees. */
export interface Discovery {
  service: DiscoveredService;
  dashboardUrl: string | null;
  /** The page of the same origin where a person lets a program sign in (RFC 8252); null where it offers no such. */
  authorizeUrl: string | null;
  /** The forms of API that it speaks and we know: one at least. */
  dialects: Dialect[];
  /** How its keeper lets people in; null where it has none, or did not say. */
  keeper: KeeperSignIn | null;
  /** The service's first algorithm that we know; null when it lists others only. */
  signingAlg: SigningAlg | null;
  /** Whether a registered key may bring in its successor. */
  keyRotation: boolean;
}

interface DiscoveryDeps extends ServiceDeps {
  logger: Logger;
}

/**
 * Asks an origin what it is and offers.
 *
 * @param origin - As `parseOrigin` gives it; the answer must name the same.
 * @throws KeyholdError `server_unreachable` when nothing answers or only that it cannot now,
 * `another_origin` with the one that the service calls itself by, which nobody contacts before the person says so;
 * `not_a_keyhold_server` for any other answer; why goes to the log.
 */
export async function discoverService(deps: DiscoveryDeps, origin: string): Promise<Discovery> {
  const refuse = (reason: string): KeyholdError => {
    deps.logger.warn('discovery.refused', { origin, reason });
    return new KeyholdError('not_a_keyhold_server');
  };
  const request = { method: 'GET' as const, url: `${origin}${discoveryPath}`, timeoutMs, maxBytes };
  const asked = await askService(deps, request, {
    value: ({ text }) => readAnswer(text, answerSchema),
    // Nobody has to sign in for it: whatever refuses is not the service.
    refusal: () => null,
  });
  if (asked.kind === 'unreachable') throw failureOf(asked, {});
  if (asked.kind !== 'answered') {
    const recognised = await recognise(deps, origin);
    if (recognised !== null) return discoveryOf(origin, recognised);
    throw refuse(asked.kind === 'foreign' ? asked.why : asked.code);
  }
  const answer = asked.value;
  if (answer.origin !== origin) throw anotherOrigin(answer.origin, origin) ?? refuse('another origin');
  const dialects = knownDialects(answer.dialects ?? ['keyhold']);
  if (dialects.every((dialect) => dialect === 'access')) throw refuse('no known dialect');
  const dashboardUrl = answer.dashboard_url ?? null;
  // The window opens this page in the user's browser: another host's must not pass for the service's own.
  if (dashboardUrl !== null && new URL(dashboardUrl).origin !== origin) throw refuse('dashboard elsewhere');
  const keeper = dialects.includes('tkeeper') ? await keeperOf(deps, origin) : null;
  const browserAccess = browserAccessOf({
    kisenon: dialects.includes('kisenon'),
    artifactKeeper: dialects.includes('artifact-keeper'),
  });
  const authorizeUrl = browserAccess.length > 0 ? authorizePageOf(answer) : null;
  return {
    service: {
      origin,
      host: new URL(origin).host,
      name: answer.name,
      methods: [
        ...answer.methods.filter((method) => isOpen(method, { dialects, authorizeUrl })),
        ...(keeper?.methods ?? []),
      ],
      browserAccess: authorizeUrl === null ? [] : browserAccess,
      provider: providerOf(keeper),
      hasRegistry: answer.registry,
      hasDashboard: dashboardUrl !== null,
      maxTokenTtl: answer.max_token_ttl,
      clockSkewSeconds: asked.clockSkewSeconds,
    },
    dashboardUrl,
    authorizeUrl,
    dialects,
    keeper,
    signingAlg: chooseAlg(answer.signing_algs),
    keyRotation: answer.key_rotation ?? false,
  };
}

const keeperMethods: ReadonlySet<string> = new Set(['token', 'dev-token', 'oidc']);

async function keeperOf(deps: ServiceDeps, origin: string): Promise<KeeperSignIn | null> {
  const answer = await askKeeperSignIn(deps, origin);
  return answer.kind === 'answered' ? answer.value : null;
}

function providerOf(keeper: KeeperSignIn | null): DiscoveredService['provider'] {
  if (keeper?.provider == null) return null;
  const { host, audience } = keeper.provider;
  return { host, audience };
}

/** Whether a way to sign in that a service names leads anywhere, as far as we know the way. */
function isOpen(
  method: string,
  { dialects, authorizeUrl }: Pick<Discovery, 'dialects' | 'authorizeUrl'>,
): boolean {
  if (method === 'password') return dialects.includes('artifact-keeper');
  // What its keeper takes, the keeper says itself.
  if (keeperMethods.has(method)) return false;
  return method !== 'browser' || authorizeUrl !== null;
}

/** A host that says nothing of itself, with what it was recognised by; its name is its host. */
function discoveryOf(
  origin: string,
  { dialects, methods: own, keeper, hasRegistry, clockSkewSeconds }: Recognised,
): Discovery {
  const { host } = new URL(origin);
  const methods = [...own, ...(keeper?.methods ?? [])];
  return {
    service: {
      ...{ origin, host, name: host, methods, browserAccess: [], hasRegistry, hasDashboard: false },
      ...{ provider: providerOf(keeper), maxTokenTtl: null, clockSkewSeconds },
    },
    dashboardUrl: null,
    authorizeUrl: null,
    dialects,
    keeper,
    signingAlg: null,
    keyRotation: false,
  };
}

/** A page elsewhere is as good as none: a person would sign in to another service than the one that is shown. */
function authorizePageOf({
  methods,
  authorize_url: page,
  origin,
}: z.output<typeof answerSchema>): string | null {
  if (page === undefined || !methods.includes('browser')) return null;
  const { origin: own, pathname } = new URL(page);
  return own === origin ? `${own}${pathname}` : null;
}

/**
 * The error that names the other origin. Null where the app would never contact it: it is not secure, or it is this
 * computer's while another computer was asked.
 */
function anotherOrigin(origin: string, asked: string): KeyholdError | null {
  try {
    if (parseOrigin(origin) !== origin || (isLoopback(origin) && !isLoopback(asked))) return null;
    return new KeyholdError('another_origin', { origin });
  } catch (error) {
    if (error instanceof KeyholdError) return null;
    throw error;
  }
}

function isLoopback(origin: string): boolean {
  return isLoopbackHost(new URL(origin).hostname);
}

/** RFC 9864 names Ed25519 anew; a service that says nothing is taken to know the older `EdDSA` only (RFC 8037). */
function chooseAlg(offered: readonly string[] | undefined): SigningAlg | null {
  if (offered === undefined) return 'EdDSA';
  return (
    offered.map((name) => signingAlgSchema.safeParse(name).data).find((alg) => alg !== undefined) ?? null
  );
}
