import { keyAges, type KeyAge } from '../../../../../contracts/domain/key-expiry.ts';
import type { KeySummary } from '../../../../../contracts/domain/key.ts';
import type { Rotation, RotationProblem } from '../../../../../contracts/domain/rotation.ts';
import { KeyholdError } from '../../../../../contracts/errors.ts';
import type { Revocation } from '../../../../../contracts/ipc/sign-out.ts';
import type { ActivityKind, ActivityLog } from '../../../activity/activity-log.ts';
import type { Accounts, NamedAccount } from '../../../service/account.ts';
import { discoverService } from '../../../service/discovery.ts';
import type { Cancel, Clock, Listener, Logger, Random } from '../../../ports.ts';
import type { HttpClient } from '../../../ports/http.ts';
import type { SignInBook } from '../../sign-in-book.ts';
import { revocationWords } from '../../kind/revocation.ts';
import { revokeOwnKey } from '../revocation.ts';
import { Listeners } from '../../../lib/listeners.ts';
import type { Vault } from '../../../vault/vault.ts';
import type { KeyService } from '../key-service.ts';
import { proveKey, requestRotation } from './rotation-request.ts';
import { deleteRotation, readRotation, readRotations, writeRotation } from './rotation-store.ts';
import type { OpenRotation } from './rotation-store.ts';

const dayMs = 24 * 60 * 60 * 1000;

interface RotationDeps {
  vault: Vault;
  contexts: Accounts & { signIns: Pick<SignInBook, 'note'> };
  keys: KeyService;
  /** The wait for a key that the user registers by pasting its token. */
  registration: { wait(contextId: string): unknown; cancel(contextId: string): unknown };
  http: HttpClient;
  clock: Clock;
  random: Random;
  activity: ActivityLog;
  logger: Logger;
}

/**
 * Puts a new key in the place of the one that a context signs with. How far a rotation is lies in the vault, so
 * that it can be gone on with after whatever ended it; at each moment one of the two keys works:
 *
 * - until the new key has signed in (`register`, `verify`), the old one signs and is not touched;
 * - from then on (`retire`) the new one signs, and only then the service is asked to revoke the old one.
 */
export class RotationService {
  readonly #deps: RotationDeps;
  readonly #changed: Listeners;
  readonly #running = new Map<string, AbortController>();
  readonly #problems = new Map<string, RotationProblem>();
  /** Rotations that have ended since the vault was unlocked. */
  readonly #ended = new Map<string, Rotation>();

  constructor(deps: RotationDeps) {
    this.#deps = deps;
    this.#changed = new Listeners(deps.logger);
    deps.vault.onChange(() => {
      if (!deps.vault.isUnlocked) this.#stopAll();
    });
  }

  /**
   * The rotation of a context that is open, or has ended since the vault was unlocked.
   *
   * @throws KeyholdError `context_not_found`.
   */
  state(contextId: string): Rotation | null {
    const { id } = this.#deps.contexts.get(contextId);
    const open = readRotation(this.#deps.vault.sql(), id);
    return open === null ? (this.#ended.get(id) ?? null) : this.#describe(open);
  }

  /** @throws KeyholdError `context_not_found`; `rotation_open` where a further key would stand beside the new one. */
  requireNone(contextId: string): void {
    const rotation = this.state(contextId);
    if (rotation !== null && rotation.step !== 'done') throw new KeyholdError('rotation_open');
  }

  /**
   * Begins a rotation, or goes on with the open one. Answers when it has begun; `onChange` tells how it goes on.
   *
   * @param byPasting - Register the new key by a pasted token, whatever the service offers.
   * @throws KeyholdError `context_not_found`, `vault_locked`; to begin also `key_not_registered` without a key
   *   to rotate, `sign_in_not_offered`, `server_unreachable`, `not_a_keyhold_server`,
   *   `another_origin`: then nothing has begun.
   */
  async rotate(contextId: string, byPasting: boolean): Promise<Rotation> {
    const { vault, contexts } = this.#deps;
    const context = contexts.get(contextId);
    // What was done before is no answer to this: it may fail.
    if (this.#ended.delete(contextId)) this.#changed.tell();
    const open = readRotation(vault.sql(), contextId) ?? (await this.#begin(context, byPasting));
    if (byPasting && open.mode === 'service' && open.step === 'register') {
      this.stop(contextId);
      this.#write({ ...open, mode: 'paste' });
    }
    this.#run(context);
    return this.#describe(readRotation(vault.sql(), contextId) ?? open);
  }

  /** Stops what is under way; `rotate` goes on with it. One that has ended is forgotten. */
  stop(contextId: string): void {
    if (this.#ended.delete(contextId)) this.#changed.tell();
    const open = readRotation(this.#deps.vault.sql(), contextId);
    if (open?.mode === 'paste' && open.step === 'register') this.#deps.registration.cancel(contextId);
    this.#running.get(contextId)?.abort();
    if (this.#running.delete(contextId)) this.#problem(contextId, 'stopped');
  }

  /**
   * Gives the new key up: the service revokes it, in case it knows it, and it is deleted here.
   *
   * @returns What the service did with the new key. Whatever it is, nobody can sign with that key any more.
   * @throws KeyholdError `context_not_found`, `vault_locked`; `rotation_over` when there is none, or the new key
   *   has taken over.
   */
  async undo(contextId: string): Promise<Revocation> {
    const { vault, keys, contexts } = this.#deps;
    const context = contexts.get(contextId);
    const { newKeyId } = this.#undoable(contextId);
    this.stop(contextId);
    const newKey = keys.get(newKeyId);
    const revocation = await revokeOwnKey(this.#deps, context, newKey.kid);
    const { oldKeyId } = this.#undoable(contextId);
    vault.sql().transaction(() => {
      deleteRotation(vault.sql(), contextId);
      keys.endings.remove(newKeyId);
      this.#log('key.rotation_undone', context, keys.get(oldKeyId).label);
    });
    this.#problems.delete(contextId);
    this.#changed.tell();
    return revocation;
  }

  /**
   * Retires the old key here although the service has not revoked it.
   *
   * @throws KeyholdError `rotation_over` unless the new key has taken over and the old one is still there.
   */
  end(contextId: string): void {
    const context = this.#deps.contexts.get(contextId);
    const open = readRotation(this.#deps.vault.sql(), contextId);
    if (open?.step !== 'retire') throw new KeyholdError('rotation_over');
    this.stop(contextId);
    this.#finish(context, open, { what: 'not revoked by the service', confirmed: false });
  }

  /** Waits for new keys whose tokens the user pastes. To be called when the vault is unlocked. */
  resumePasted(): void {
    for (const { contextId, mode, step } of readRotations(this.#deps.vault.sql())) {
      if (mode === 'paste' && step === 'register') this.#deps.registration.wait(contextId);
    }
  }

  /** A context's pending key was registered: goes on when it is the new key of a rotation. */
  registered(contextId: string): void {
    const open = readRotation(this.#deps.vault.sql(), contextId);
    if (open?.step !== 'register') return;
    if (this.#deps.keys.get(open.newKeyId).registeredAt === null) return;
    this.#write({ ...open, step: 'verify' });
    this.#run(this.#deps.contexts.get(contextId));
  }

  /** Tells when a rotation got further, came to a stand or ended. */
  onChange(listener: Listener): Cancel {
    return this.#changed.add(listener);
  }

  async #begin(context: NamedAccount, byPasting: boolean): Promise<OpenRotation> {
    const { vault, keys } = this.#deps;
    if (keys.authority(context.id) === null) throw new KeyholdError('key_not_registered');
    const { keyRotation, signingAlg } = await discoverService(this.#deps, context.origin);
    if (signingAlg === null) throw new KeyholdError('sign_in_not_offered');
    // Asked again: while the service answered, another call may have begun, or the key may be gone.
    const open = readRotation(vault.sql(), context.id);
    if (open !== null) return open;
    const oldKey = keys.authority(context.id);
    if (oldKey === null) throw new KeyholdError('key_not_registered');
    const begun = vault.sql().transaction((): OpenRotation => {
      const newKey = keys.create(context.id, oldKey.label, ageOf(oldKey));
      const mode = keyRotation && !byPasting ? 'service' : 'paste';
      const rotation: OpenRotation = {
        contextId: context.id,
        oldKeyId: oldKey.id,
        newKeyId: newKey.id,
        mode,
        step: 'register',
      };
      writeRotation(vault.sql(), rotation);
      return rotation;
    });
    this.#changed.tell();
    return begun;
  }

  /** Works on the open rotation until it is done, stands still or is stopped. One run for each context. */
  #run(context: NamedAccount): void {
    if (this.#running.has(context.id)) return;
    const controller = new AbortController();
    this.#running.set(context.id, controller);
    this.#problems.delete(context.id);
    this.#changed.tell();
    const ended = (problem: RotationProblem | null): void => {
      if (controller.signal.aborted) return;
      this.#running.delete(context.id);
      this.#problem(context.id, problem);
    };
    this.#steps(context, controller.signal).then(ended, (error: unknown) => {
      if (!controller.signal.aborted) this.#deps.logger.error('rotation.failed', error);
      ended('stopped');
    });
  }

  async #steps(context: NamedAccount, signal: AbortSignal): Promise<RotationProblem | null> {
    for (;;) {
      const open = readRotation(this.#deps.vault.sql(), context.id);
      if (open === null || isOver(signal)) return null;
      const problem = await this.#step(context, open, signal);
      if (problem !== null || isOver(signal) || open.step === 'retire') return problem;
      if (open.mode === 'paste' && open.step === 'register') return null;
    }
  }

  #step(context: NamedAccount, open: OpenRotation, signal: AbortSignal): Promise<RotationProblem | null> {
    switch (open.step) {
      case 'register':
        return this.#register(context, open, signal);
      case 'verify':
        return this.#verify(context, open, signal);
      case 'retire':
        return this.#retire(context, open, signal);
    }
  }

  async #register(
    context: NamedAccount,
    open: OpenRotation,
    signal: AbortSignal,
  ): Promise<RotationProblem | null> {
    const { keys, registration } = this.#deps;
    if (open.mode === 'paste') {
      registration.wait(context.id);
      return null;
    }
    const [oldKey, newKey] = [keys.get(open.oldKeyId), keys.get(open.newKeyId)];
    const problem = await requestRotation(this.#deps, context, { oldKey, newKey }, signal);
    if (isOver(signal)) return null;
    if (problem === 'server_unreachable' || problem === 'not_a_keyhold_server') return problem;
    // A refusal may only mean that an earlier request was carried out and its answer lost.
    if (problem !== null && (await proveKey(this.#deps, context, newKey.kid, signal)) !== null)
      return problem;
    if (!isOver(signal)) this.#write({ ...open, step: 'verify' });
    return null;
  }

  async #verify(
    context: NamedAccount,
    open: OpenRotation,
    signal: AbortSignal,
  ): Promise<RotationProblem | null> {
    const { vault, keys } = this.#deps;
    const newKey = keys.get(open.newKeyId);
    const problem = await proveKey(this.#deps, context, newKey.kid, signal);
    if (signal.aborted) return null;
    if (problem === null) this.#deps.contexts.signIns.note(context.id, newKey.kid, 'signed_in');
    if (problem === 'not_accepted') this.#write({ ...open, step: 'register' });
    if (problem !== null) return problem;
    vault.sql().transaction(() => {
      keys.markRegistered(newKey.kid);
      if (newKey.registeredAt === null) this.#log('key.registered', context, newKey.label);
      writeRotation(vault.sql(), { ...open, step: 'retire' });
    });
    this.#changed.tell();
    return null;
  }

  async #retire(
    context: NamedAccount,
    open: OpenRotation,
    signal: AbortSignal,
  ): Promise<RotationProblem | null> {
    const { kid } = this.#deps.keys.get(open.oldKeyId);
    const revocation = await revokeOwnKey(this.#deps, context, kid);
    if (signal.aborted) return null;
    if (revocation === 'unreachable') return 'server_unreachable';
    if (revocation === 'refused') return 'refused';
    this.#finish(context, open, { what: revocationWords(revocation, 'key'), confirmed: true });
    return null;
  }

  #finish(
    context: NamedAccount,
    open: OpenRotation,
    { what, confirmed }: { what: string; confirmed: boolean },
  ): void {
    const { vault, keys } = this.#deps;
    vault.sql().transaction(() => {
      deleteRotation(vault.sql(), context.id);
      keys.endings.retire(open.oldKeyId, what, confirmed);
      this.#log('key.rotated', context, keys.get(open.newKeyId).label);
    });
    this.#problems.delete(context.id);
    this.#ended.set(context.id, { ...this.#describe(open), step: 'done', running: false });
    this.#changed.tell();
  }

  #undoable(contextId: string): OpenRotation {
    const open = readRotation(this.#deps.vault.sql(), contextId);
    if (open === null || open.step === 'retire') throw new KeyholdError('rotation_over');
    return open;
  }

  #describe(open: OpenRotation): Rotation {
    const waiting = open.mode === 'paste' && open.step === 'register';
    const running = this.#running.has(open.contextId);
    return {
      ...open,
      running,
      problem: running || waiting ? null : (this.#problems.get(open.contextId) ?? 'stopped'),
      canUndo: open.step !== 'retire',
    };
  }

  #write(rotation: OpenRotation): void {
    writeRotation(this.#deps.vault.sql(), rotation);
    this.#changed.tell();
  }

  #problem(contextId: string, problem: RotationProblem | null): void {
    if (problem === null) this.#problems.delete(contextId);
    else this.#problems.set(contextId, problem);
    this.#changed.tell();
  }

  #log(kind: ActivityKind, context: NamedAccount, detail: string): void {
    this.#deps.activity.append({ kind, contextName: context.name, detail });
  }

  #stopAll(): void {
    for (const controller of this.#running.values()) controller.abort();
    this.#running.clear();
    this.#problems.clear();
    this.#ended.clear();
  }
}

/** The age limit of a key, for its successor. */
function ageOf({ createdAt, expiresAt }: KeySummary): KeyAge {
  if (expiresAt === null) return null;
  const days = Math.round((Date.parse(expiresAt) - Date.parse(createdAt)) / dayMs);
  return keyAges.find((age) => age === days) ?? null;
}

/** Asked anew each time: it changes while something is awaited, which the compiler does not see. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}
