import type { FastifyBaseLogger } from 'fastify';
import { LRUCache } from 'lru-cache';
import { createHash, timingSafeEqual } from 'node:crypto';
import { holdRules } from '../../../contracts/permissions/decision.ts';
import { devHeader, jwtHeader } from '../../../contracts/server-api/tkeeper/control.ts';
import type { DevAuth, JwtAuth, KeeperSettings } from '../../config/keeper.ts';
import { networkOf } from '../../http/client-address.ts';
import { KeeperError } from '../../http/keeper-error.ts';
import { FailureCounter } from '../../limits/failure-counter.ts';
import { Jwks } from '../jwks/jwks.ts';
import type { JwksState } from '../jwks/jwks.ts';
import type { KeeperCaller } from './caller.ts';
import { verifyKeeperJwt } from './jwt.ts';

/** The headers of a request, each with all values that it was sent with (`headersDistinct`). */
export type SentHeaders = NodeJS.Dict<string[]>;

/** How many tokens are kept with their rules, and how many rules of them all, at most: each is some memory. */
const [knownTokens, knownRules] = [500, 50_000];

/** How many of those who were let in by nothing are in the log: of one network, and of all. */
export const refusedRules = {
  network: { failures: 5, windowSeconds: 300 },
  everywhere: { failures: 60, windowSeconds: 300 },
} as const;

/** All that a keeper checks a permission for, by the number of its segments. */
const everything = ['tkeeper.*', 'tkeeper.*.*', 'tkeeper.*.*.*'];

/** Finds out who sends requests to the keeper. */
export class KeeperCallers {
  readonly #now: () => Date;
  readonly #settings: KeeperSettings;
  readonly #jwks: Jwks | null;
  readonly #anonymous = callerOf('anonymous', everything, null);
  readonly #dev: KeeperCaller | null;
  readonly #log: Pick<FastifyBaseLogger, 'warn'>;
  readonly #refusedHere: FailureCounter;
  readonly #refused: FailureCounter;
  /** Verified tokens by their hashes: rules are read once, and a token ends with its key. */
  readonly #known = new LRUCache<string, KeeperCaller>({
    ...{ max: knownTokens, maxSize: knownRules },
    sizeCalculation: ({ permissions }) => permissions.length + 1,
  });

  private constructor(
    settings: KeeperSettings,
    jwks: Jwks | null,
    now: () => Date,
    log: Pick<FastifyBaseLogger, 'warn'>,
  ) {
    [this.#settings, this.#jwks, this.#now, this.#log] = [settings, jwks, now, log];
    this.#refusedHere = new FailureCounter(now, refusedRules.network);
    this.#refused = new FailureCounter(now, refusedRules.everywhere);
    const { auth } = settings;
    this.#dev = auth?.type === 'dev' ? callerOf('dev-mode', auth.permissions, null) : null;
    jwks?.onChange(() => this.#known.clear());
  }

  /** @throws ConfigError where tokens are signed by keys that cannot be had. */
  static async open(
    settings: KeeperSettings,
    now: () => Date,
    log: Pick<FastifyBaseLogger, 'warn' | 'info'>,
  ): Promise<KeeperCallers> {
    const { auth } = settings;
    return new KeeperCallers(
      settings,
      auth?.type === 'jwt' ? await Jwks.open(auth, now, log) : null,
      now,
      log,
    );
  }

  /** How reading the key set went; null where there is none. */
  get jwks(): JwksState | null {
    return this.#jwks?.state ?? null;
  }

  /** What is to be known by everybody who looks after the keeper, for as long as it is so. */
  get warnings(): string[] {
    const { auth, allowAnonymous } = this.#settings;
    const failed = this.#jwks?.state.failed ?? null;
    return [
      ...(allowAnonymous
        ? ['allowAnonymous is on: whoever can connect may use, make and destroy every key without a token.']
        : []),
      ...(auth?.type === 'dev' ? ['Dev mode is on: everybody shares one token, and it never ends.'] : []),
      ...(failed === null
        ? []
        : [`The key set could not be read anew: ${failed.problem}. Those of before count until it can.`]),
    ];
  }

  /**
   * Who sent a request.
   *
   * @throws KeeperError 401 `UNAUTHENTICATED` or 403 `DEV_MODE_VIOLATION`.
   */
  async ofHeaders(headers: SentHeaders): Promise<KeeperCaller> {
    const [jwt, dev] = [onlyOne(headers, jwtHeader), onlyOne(headers, devHeader)];
    if (jwt !== null && dev !== null) {
      throw new KeeperError('UNAUTHENTICATED', `Send ${jwtHeader} or ${devHeader}, not both`);
    }
    const token = jwt ?? dev;
    if (token !== null) return this.#ofToken(token, dev === null ? 'jwt' : 'dev');
    if (this.#settings.allowAnonymous && !isOfPage(headers)) return this.#anonymous;
    throw new KeeperError('UNAUTHENTICATED');
  }

  /**
   * Whose token it is, of the kind that the keeper takes.
   *
   * @throws KeeperError 401 `UNAUTHENTICATED` or 403 `DEV_MODE_VIOLATION`.
   */
  ofToken(token: string): Promise<KeeperCaller> {
    return this.#ofToken(token, this.#settings.auth?.type ?? 'jwt');
  }

  /** Notes in the server's log who was let in by nothing, without what they sent; of many only the first. */
  noteRefused(ip: string, { code, details }: KeeperError): void {
    const network = networkOf(ip);
    if (this.#refusedHere.pausedFor(network) !== null || this.#refused.pausedFor('') !== null) return;
    this.#refusedHere.add(network);
    this.#refused.add('');
    this.#log.warn({ ip, code, reason: details }, 'somebody was not let in to the keeper');
  }

  /** Stops reading the key set. */
  async stop(): Promise<void> {
    await this.#jwks?.stop();
  }

  async #ofToken(token: string, type: 'jwt' | 'dev'): Promise<KeeperCaller> {
    const { auth } = this.#settings;
    if (type === 'dev') return this.#ofDevToken(auth?.type === 'dev' ? auth : null, token);
    if (auth?.type === 'jwt') return this.#ofJwt(auth, token);
    throw new KeeperError('UNAUTHENTICATED');
  }

  #ofDevToken(auth: DevAuth | null, token: string): KeeperCaller {
    if (auth !== null && this.#dev !== null && isSame(token, auth.token)) return this.#dev;
    throw new KeeperError('DEV_MODE_VIOLATION', 'Invalid dev mode token');
  }

  async #ofJwt(auth: JwtAuth, token: string): Promise<KeeperCaller> {
    const jwks = this.#jwks;
    if (jwks === null) throw new Error('There is no key set.');
    const hash = hashOf(token).toString('base64');
    const known = this.#known.get(hash);
    if (known?.ends != null && this.#now() < known.ends) return known;
    this.#known.delete(hash);
    const { loadedAt } = jwks.state;
    const { subject, permissions, ends } = await verifyKeeperJwt(auth, jwks, token, this.#now());
    const caller = callerOf(subject, permissions, ends);
    // Not one that was verified while the keys became others.
    if (jwks.state.loadedAt === loadedAt) this.#known.set(hash, caller);
    return caller;
  }
}

function callerOf(subject: string, permissions: readonly string[], ends: Date | null): KeeperCaller {
  return { subject, actor: subject, permissions, held: holdRules(permissions), ends };
}

/** A header's value; null where it was not sent. Several are refused: a proxy may have looked at another one than we would. */
function onlyOne(headers: SentHeaders, name: string): string | null {
  const values = headers[name.toLowerCase()] ?? [];
  if (values.length > 1) throw new KeeperError('UNAUTHENTICATED', `${name} was sent more than once`);
  return values[0] ?? null;
}

/**
 * Whether a page in a browser sent a request. Any page that somebody looks at can have their browser send some to this
 * computer, and none of ours does: they ask for a session.
 */
function isOfPage(headers: SentHeaders): boolean {
  const [site = 'none'] = headers['sec-fetch-site'] ?? [];
  return headers['origin'] !== undefined || site !== 'none';
}

/** In constant time, whatever the lengths. */
function isSame(sent: string, kept: string): boolean {
  return timingSafeEqual(hashOf(sent), hashOf(kept));
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
