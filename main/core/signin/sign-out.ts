import { perClient } from '../../../contracts/domain/registry-client.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { SignOutProgress, SignOutReport, SignOutResult } from '../../../contracts/ipc/sign-out.ts';
import type { ContextService, StoredContext } from '../contexts/context-service.ts';
import type { Credentials, RevokedCredential } from '../credentials/credentials.ts';
import type { Cancel, Logger } from '../ports.ts';
import { Listeners } from '../lib/listeners.ts';
import { Turns } from '../lib/turns.ts';
import type { Vault } from '../vault/vault.ts';
import type { BrowserSignIn } from './loopback/browser-sign-in.ts';
import type { Registration } from './registration.ts';

/** Services that are asked at the same time, so that one that does not answer holds up no more than its share. */
const atOnce = 4;

interface SignOutDeps {
  vault: Vault;
  contexts: ContextService;
  credentials: Pick<Credentials, 'revocation'>;
  /**
   * Undoes what was set up in the clients for a context. `leaving`: the contexts that are signed out at the same time.
   */
  registries: {
    forget: (contextId: string, leaving: readonly string[]) => Promise<SignOutResult['setUps']>;
  };
  registration: Pick<Registration, 'cancel'>;
  browserSignIn: Pick<BrowserSignIn, 'endOf'>;
  logger: Logger;
}

/** One run over some contexts. */
interface Run {
  readonly waiting: string[];
  readonly total: number;
  readonly current: Map<string, string>;
  readonly results: Map<string, SignOutResult>;
}

/**
 * Signs contexts out: the service revokes the credential, the helper's entry is undone, the credential is deleted. What
 * the service or the auth file refuses is reported and does not keep it alive; only a vault that cannot be
 * written leaves a context as it was. One that is locked in the middle is written when it is next unlocked.
 */
export class SignOut {
  readonly #deps: SignOutDeps;
  readonly #progress: Listeners<SignOutProgress>;
  #run: Run | null = null;
  readonly #turns = new Turns(1);
  /** What is left to do for contexts whose service was asked before the vault was locked, by id. */
  readonly #unfinished = new Map<string, () => Promise<unknown>>();

  constructor(deps: SignOutDeps) {
    this.#deps = deps;
    this.#progress = new Listeners(deps.logger);
    deps.vault.onChange(() => {
      if (!deps.vault.isUnlocked || this.#unfinished.size === 0) return;
      void this.#turns.take(() => this.#finish());
    });
  }

  /**
   * Signs out of one context, or of all that are signed in. Runs wait for each other.
   *
   * @param contextId - Null for all.
   * @throws KeyholdError `context_not_found`; `vault_locked`, also when it is locked meanwhile: what was begun
   * is finished when it is next unlocked, and the activity log has it.
   */
  run(contextId: string | null): Promise<SignOutReport> {
    return this.#turns.take(() => this.#start(contextId));
  }

  /** Begins with no further context. Those that were begun are finished, which takes seconds at most. */
  cancel(): void {
    this.#run?.waiting.splice(0);
  }

  /** Tells how far a run is, whenever a context is begun or done. */
  onProgress(listener: (progress: SignOutProgress) => void): Cancel {
    return this.#progress.add(listener);
  }

  async #start(contextId: string | null): Promise<SignOutReport> {
    const ids = contextId === null ? this.#signedIn() : [this.#deps.contexts.get(contextId).id];
    const run: Run = { waiting: [...ids], total: ids.length, current: new Map(), results: new Map() };
    this.#run = run;
    try {
      const lanes = Array.from({ length: atOnce }, () => this.#work(run));
      // A failure is told once all have ended, so that none goes on unseen.
      await Promise.allSettled(lanes);
      await Promise.all(lanes);
    } finally {
      this.#run = null;
    }
    const results = ids.flatMap((id) => run.results.get(id) ?? []);
    return { results, left: ids.length - results.length };
  }

  #signedIn(): string[] {
    const contexts = this.#deps.contexts.list().filter(({ state }) => state !== 'signed_out');
    return contexts.map(({ id }) => id);
  }

  async #work(run: Run): Promise<void> {
    for (let id = run.waiting.shift(); id !== undefined; id = run.waiting.shift()) {
      try {
        const context = this.#deps.contexts.get(id);
        run.current.set(id, context.name);
        this.#tell(run);
        run.results.set(id, await this.#signOut(context));
      } catch (error) {
        // Removed meanwhile: nothing is left to sign out.
        if (error instanceof KeyholdError && error.code === 'context_not_found') continue;
        run.waiting.splice(0);
        throw error;
      } finally {
        run.current.delete(id);
        this.#tell(run);
      }
    }
  }

  /** Names no context once the vault is locked. */
  #tell({ results, total, current }: Run): void {
    if (!this.#deps.vault.isUnlocked) return;
    this.#progress.tell({ done: results.size, total, current: [...current.values()] });
  }

  async #signOut(context: StoredContext): Promise<SignOutResult> {
    // Neither a key nor a page in a browser signs it in again behind their back.
    this.#deps.registration.cancel(context.id);
    this.#deps.browserSignIn.endOf(context.id);
    // First the service: only the credential itself can revoke it. After that nothing must keep it from going.
    return await this.#leave(context, await this.#deps.credentials.revocation(context)());
  }

  async #leave(context: StoredContext, revoked: RevokedCredential): Promise<SignOutResult> {
    const { vault, contexts, registries, logger } = this.#deps;
    // Those that wait may be cancelled; those that were begun will not answer either.
    const setUps = await registries.forget(context.id, [...(this.#run?.current.keys() ?? [])]);
    const asked = { podman: context.setUpPodman, docker: context.setUpDocker };
    const setUpAgain = perClient((client) =>
      setUps[client] === 'failed' ? asked[client] : setUps[client] !== 'none',
    );
    let done = true;
    try {
      contexts.markSignedOut(context.id, setUpAgain, revoked);
    } catch (error) {
      if (!vault.isUnlocked) this.#unfinished.set(context.id, () => this.#leave(context, revoked));
      logger.error('sign_out.failed', error);
      done = false;
    }
    return { context: contexts.summary(context.id), done, credentials: revoked.credentials, setUps };
  }

  async #finish(): Promise<void> {
    const works = [...this.#unfinished.values()];
    this.#unfinished.clear();
    for (const work of works) {
      await work().catch((error: unknown) => this.#deps.logger.error('sign_out.failed', error));
    }
  }
}
