import { limits } from '../../../contracts/domain/limits.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import { credentialNames } from '../../../contracts/domain/credential.ts';
import { pastedFields, pastedForms } from '../../../contracts/domain/pasted-token.ts';
import {
  clientLine,
  fieldForms,
  keeperField,
  type ClientForm,
} from '../../../contracts/domain/client-line.ts';
import type { LiveTokens, MintedToken } from '../../../contracts/ipc/tokens.ts';
import type { ActivityKind, ActivityLog } from '../activity/activity-log.ts';
import type { ContextService, StoredContext } from '../contexts/context-service.ts';
import type { ApiToken, Credentials, LastingLogin } from '../credentials/credentials.ts';
import type { Cancel, Clock, Listener, Logger, Random } from '../ports.ts';
import { Listeners } from '../lib/listeners.ts';
import type { Authorization } from '../service/authorization.ts';
import type { Vault } from '../vault/vault.ts';
import { LiveTokenCount } from './live-tokens.ts';
import { formatTtl, parseTtl } from './ttl.ts';
import { UseLog, type Use } from './use-log.ts';

/** Minted tokens that can still be copied; the oldest makes room for a new one. */
const maxHeld = 20;

interface TokenServiceDeps {
  vault: Vault;
  contexts: ContextService;
  credentials: Credentials;
  clock: Clock;
  random: Random;
  activity: ActivityLog;
  logger: Logger;
}

interface Entry {
  kind: ActivityKind;
  detail: string;
}

interface HeldToken extends Omit<ApiToken, 'token'> {
  /** Null once its credential has ended: nobody is to have it from here any more. */
  token: string | null;
  context: StoredContext;
  revealed: boolean;
}

/** API tokens that the user mints, and those for the credential helper. Held in memory, gone when locked. */
export class TokenService {
  readonly #deps: TokenServiceDeps;
  readonly #held = new Map<string, HeldToken>();
  readonly #uses: UseLog;
  readonly #live: LiveTokenCount;
  readonly #changed: Listeners;
  readonly #used: Listeners;

  constructor(deps: TokenServiceDeps) {
    this.#deps = deps;
    this.#uses = new UseLog(deps);
    this.#live = new LiveTokenCount(deps.clock);
    this.#changed = new Listeners(deps.logger);
    this.#used = new Listeners(deps.logger);
    deps.vault.onChange(() => {
      if (!deps.vault.isUnlocked) this.wipe();
    });
    deps.contexts.onChange(() => this.#forgetRemoved());
    deps.credentials.onEnd((credentialId) => this.#end(credentialId));
  }

  /**
   * Mints an API token of a chosen life.
   *
   * @param ttl - As `parseTtl` reads it.
   * @param from - Where it was asked for.
   * @throws KeyholdError `context_not_found`, `vault_locked`; `key_not_registered` for a context without a
   * registered key, `key_expired` when all that it has are over their age limit; `signs_in_otherwise` where something
   * else than a key signs in; `invalid_ttl` with the service's limit when the life is no life, too short or too long.
   */
  async mint(contextId: string, ttl: string, from: 'window' | 'tray' = 'window'): Promise<MintedToken> {
    const { context, credentialId } = this.#signer(contextId);
    const seconds = secondsOf(ttl, context);
    const place = from === 'tray' ? ', from the tray' : '';
    const detail = `${formatTtl(seconds)}, key ${shortKid(credentialId)}${place}`;
    const minted = await this.#make(context, seconds, { kind: 'token.minted', detail });
    const tokenId = this.#deps.random.uuid();
    const held = { ...minted, context, revealed: false };
    this.#hold(tokenId, held);
    return this.#describe(tokenId, held);
  }

  /**
   * The life that a token would have, seconds. To be asked about before it is made.
   *
   * @throws KeyholdError as `mint`.
   */
  life(contextId: string, ttl: string): number {
    return secondsOf(ttl, this.#signer(contextId).context);
  }

  /**
   * Makes an API token for a program that asked on the command line, and does not hold it.
   *
   * @param program - The program's name; null when it is not known.
   * @throws KeyholdError as `mint`.
   */
  async commandToken(contextId: string, ttl: string, program: string | null): Promise<ApiToken> {
    const { context, credentialId } = this.#signer(contextId);
    const seconds = secondsOf(ttl, context);
    const detail = `${formatTtl(seconds)}, key ${shortKid(credentialId)}, for ${program ?? 'the command line'}`;
    return await this.#make(context, seconds, { kind: 'token.minted', detail }, { program, host: null });
  }

  /** The tokens that were minted and have not expired, newest first, of all contexts. */
  list(): MintedToken[] {
    return [...this.#held]
      .filter(([, held]) => !this.#isOver(held))
      .map(([tokenId, held]) => this.#describe(tokenId, held))
      .reverse();
  }

  /** How many tokens of each key live, as far as it is known: those that were made since Keyhold started. */
  live(): LiveTokens[] {
    return this.#live.list();
  }

  /** Tells when tokens that are held have ended before their time. */
  onChange(listener: Listener): Cancel {
    return this.#changed.add(listener);
  }

  /** Tells when a program has got a token, which it does only where it is allowed to. */
  onProgramUse(listener: Listener): Cancel {
    return this.#used.add(listener);
  }

  /** Drops a minted token; does nothing for one that is not held. Whoever has a copy can still use it. */
  forget(tokenId: string): void {
    this.#held.delete(tokenId);
  }

  /**
   * A minted token in a form to be copied.
   *
   * @throws KeyholdError `token_gone` when it has expired, its key has ended or it is no longer held.
   */
  text(tokenId: string, form: ClientForm): string {
    const held = this.#living(tokenId);
    this.#log('token.copied', held.context, `${form}, key ${shortKid(held.kid)}`);
    return clientLine(form, held.context.origin, held.token);
  }

  /**
   * What signs a context in that mints no tokens, in a form to be copied: its API key, or a token of its session, which
   * lasts some minutes, or the token that was pasted.
   *
   * @throws KeyholdError `context_not_found`, or as `Credentials.authorize`; `signs_in_otherwise` for a pasted token in a
   *   form that is about bearers.
   */
  async credentialText(contextId: string, form: ClientForm): Promise<string> {
    const context = this.#deps.contexts.get(contextId);
    const { headers, credentialId } = await this.#deps.credentials.authorize(context);
    // A service may answer after a lock.
    this.#deps.vault.requireUnlocked();
    // It may have said that it does not know the credential any more.
    this.#deps.credentials.requireLive(credentialId);
    const line = lineOf(form, context.origin, headers);
    this.#log('token.copied', context, `${form}, ${credentialNames[context.credential ?? 'key']}`);
    return line;
  }

  /**
   * A minted token itself, once, to be shown.
   *
   * @throws KeyholdError `token_gone`, also for the second time.
   */
  reveal(tokenId: string): string {
    const held = this.#living(tokenId);
    if (held.revealed) throw new KeyholdError('token_gone');
    held.revealed = true;
    this.#log('token.revealed', held.context, `key ${shortKid(held.kid)}`);
    return held.token;
  }

  /**
   * What the credential helper hands out: the user id, and as password what the context's credential gives. Of a key it
   * is an API token of 15 minutes (less where the service allows less). Goes to the activity log.
   *
   * @param host - The registry that it is for.
   * @param program - The name of the program that asked; null when it is not known.
   * @throws KeyholdError `context_not_found`, `vault_locked`, or as `Credentials.registryLogin`.
   */
  async registryToken(
    contextId: string,
    host: string,
    program: string | null = null,
  ): Promise<{ username: string; secret: string }> {
    const context = this.#deps.contexts.get(contextId);
    const login = await this.#deps.credentials.registryLogin(context, limits.registryTtl);
    const detail = program === null ? host : `${host}, for ${program}`;
    const entry = { kind: 'helper.credential_given', detail } as const;
    await this.#given(context, login, entry, { program, host });
    return { username: login.username, secret: login.secret };
  }

  /** Drops all minted tokens. Happens by itself when the vault is locked. */
  wipe(): void {
    this.#held.clear();
  }

  /** The context and what signs it in now. @throws KeyholdError as `Credentials.idOf`. */
  #signer(contextId: string): { context: StoredContext; credentialId: string } {
    const context = this.#deps.contexts.get(contextId);
    return { context, credentialId: this.#deps.credentials.idOf(context) };
  }

  /** Makes a token, and gives it once its use and the entry are written. */
  async #make(
    context: StoredContext,
    seconds: number,
    entry: Entry,
    by: Use['by'] = null,
  ): Promise<ApiToken> {
    const made = this.#deps.credentials.makeToken(context, seconds);
    await this.#given(context, { credentialId: made.kid, until: made.claims.exp }, entry, by);
    return made;
  }

  /** Writes down that something made with a credential is about to be given out. */
  async #given(
    context: StoredContext,
    { credentialId, until }: Pick<LastingLogin, 'credentialId' | 'until'>,
    entry: Entry,
    by: Use['by'],
  ): Promise<void> {
    // The service may have said that it does not know the credential. Looking at Status asks it anew.
    this.#deps.credentials.requireLive(credentialId);
    await this.#uses.note({ credentialId, entry: { ...entry, contextName: context.name }, by });
    // It may have ended while the entry was written.
    this.#deps.credentials.requireLive(credentialId);
    if (until !== null) this.#live.add(context.id, credentialId, until);
    if (by !== null) this.#used.tell();
  }

  #isLive(credentialId: string): boolean {
    return this.#deps.credentials.validityOf(credentialId).state === 'live';
  }

  #hold(tokenId: string, token: HeldToken): void {
    for (const [id, held] of this.#held) if (this.#isOver(held)) this.#held.delete(id);
    const oldest = this.#held.keys().next().value;
    if (this.#held.size >= maxHeld && oldest !== undefined) this.#held.delete(oldest);
    this.#held.set(tokenId, token);
  }

  #living(tokenId: string): HeldToken & { token: string } {
    const held = this.#held.get(tokenId);
    if (held === undefined || this.#isOver(held) || !hasToken(held)) throw new KeyholdError('token_gone');
    if (!this.#isLive(held.kid)) throw new KeyholdError('token_gone');
    return held;
  }

  #isOver(held: HeldToken): boolean {
    return held.claims.exp * 1000 <= this.#deps.clock.now().getTime();
  }

  /** Those of contexts that were removed: nothing is left to name them by. */
  #forgetRemoved(): void {
    for (const [id, held] of this.#held) {
      if (this.#deps.contexts.stateOf(held.context.id) === null) this.#held.delete(id);
    }
  }

  /** A credential has ended: what was made with it is not given out any more. */
  #end(credentialId: string): void {
    this.#live.forget(credentialId);
    for (const held of this.#held.values()) if (held.kid === credentialId) held.token = null;
    this.#changed.tell();
  }

  #describe(tokenId: string, { kid, alg, claims, context }: HeldToken): MintedToken {
    return {
      tokenId,
      contextId: context.id,
      subject: claims.sub,
      audience: claims.aud,
      kid,
      algorithm: alg,
      jti: claims.jti,
      issuedAt: new Date(claims.iat * 1000).toISOString(),
      expiresAt: new Date(claims.exp * 1000).toISOString(),
      key: this.#deps.credentials.validityOf(kid),
    };
  }

  #log(kind: ActivityKind, context: StoredContext, detail: string): void {
    this.#deps.activity.append({ kind, contextName: context.name, detail });
  }
}

function hasToken(held: HeldToken): held is HeldToken & { token: string } {
  return held.token !== null;
}

/** What signs a request in, in a form to be copied. @throws KeyholdError `signs_in_otherwise` */
function lineOf(form: ClientForm, origin: string, headers: Authorization['headers']): string {
  const { authorization } = headers;
  if (authorization !== undefined) return clientLine(form, origin, authorization.replace(/^Bearer /, ''));
  for (const pasted of pastedForms) {
    const secret = headers[pastedFields[pasted].toLowerCase()];
    if (secret !== undefined && fieldForms.some((each) => each === form))
      return clientLine(form, origin, secret, keeperField(pasted));
  }
  throw new KeyholdError('signs_in_otherwise');
}

/** @throws KeyholdError `invalid_ttl` with the service's limit; `signs_in_otherwise` where no tokens are made. */
function secondsOf(ttl: string, { maxTokenTtl: maxSeconds }: StoredContext): number {
  if (maxSeconds === null) throw new KeyholdError('signs_in_otherwise');
  const seconds = parseTtl(ttl);
  if (seconds === null || seconds < limits.ttlMin || seconds > maxSeconds) {
    throw new KeyholdError('invalid_ttl', { maxSeconds });
  }
  return seconds;
}

/** Enough of a kid to tell keys apart in a log. */
function shortKid(kid: string): string {
  return kid.slice(0, 8);
}
