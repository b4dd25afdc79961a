import type { ActivityKind } from '../activity/activity-log.ts';
import type { SecretClipboard } from '../clipboard/secret-clipboard.ts';
import type { Random } from '../ports.ts';
import { noteDeed, type DeedDeps } from '../service/deeds.ts';
import type { Vault } from '../vault/vault.ts';
import { HeldSecrets } from './held-secrets.ts';

interface ToldSecretsDeps extends Pick<DeedDeps, 'contexts' | 'activity'> {
  vault: Vault;
  random: Random;
  clipboard: SecretClipboard;
}

/** A secret that a context's service told once, and how the log names it. */
interface ToldSecret {
  contextId: string;
  secret: string;
  detail: string;
  kinds: { copied: ActivityKind; revealed: ActivityKind };
}

/** Passwords and tokens that services told once, to be handed on. */
export class ToldSecrets {
  readonly #deps: ToldSecretsDeps;
  readonly #held: HeldSecrets<ToldSecret>;

  constructor(deps: ToldSecretsDeps) {
    this.#deps = deps;
    this.#held = new HeldSecrets(deps);
  }

  /** @returns The id by which it can be had. @throws KeyholdError `vault_locked`. */
  hold(told: ToldSecret): string {
    return this.#held.hold(told);
  }

  /** @throws KeyholdError `secret_gone`. */
  async copy(heldId: string): Promise<{ clearsAt: string }> {
    const { contextId, secret, detail, kinds } = this.#held.get(heldId);
    const copied = await this.#deps.clipboard.copy(secret);
    noteDeed(this.#deps, kinds.copied, contextId, detail);
    return copied;
  }

  /** To be shown, once. @throws KeyholdError `secret_gone`, also for the second time. */
  reveal(heldId: string): string {
    const { contextId, secret, detail, kinds } = this.#held.reveal(heldId);
    noteDeed(this.#deps, kinds.revealed, contextId, detail);
    return secret;
  }

  /** Lets go of one; does nothing for one that is not held. */
  close(heldId: string): void {
    this.#held.close(heldId);
  }
}
