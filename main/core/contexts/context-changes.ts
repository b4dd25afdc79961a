import { KeyholdError } from '../../../contracts/errors.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import type { Credentials, RevokedCredential } from '../credentials/credentials.ts';
import type { Vault } from '../vault/vault.ts';
import type { SignedIn } from './context-additions.ts';
import { requireNewAccount } from './context-names.ts';
import { writeCredential, writeOrg, type StoredContext } from './context-store.ts';
import type { RegistryAccounts } from './registry-accounts.ts';

interface ContextChangesDeps {
  vault: Vault;
  credentials: Credentials;
  activity: ActivityLog;
  accounts: Pick<RegistryAccounts, 'offer' | 'becameAnother'>;
  /** Throws `context_not_found`. */
  get: (id: string) => StoredContext;
  /** Tells that contexts are others now. */
  changed: () => void;
}

/** How contexts change what signs them in, and the organization they act in, and stay the same contexts. */
export class ContextChanges {
  readonly #deps: ContextChangesDeps;

  constructor(deps: ContextChangesDeps) {
    this.#deps = deps;
  }

  /**
   * Signs a context in by what its service gave, in the place of whatever signed it in before: that is deleted, and the
   * service is asked to revoke it. The new one is kept before, so that nothing is lost when the app ends meanwhile.
   *
   * @returns What became of the one before.
   * @throws KeyholdError `context_not_found`, `other_account` when it is for another user, `already_added` when another
   *   context is of that organization, `vault_locked`.
   */
  async signInBy(id: string, { userId, org, by }: SignedIn): Promise<RevokedCredential['credentials']> {
    const { vault, credentials, activity, accounts, get, changed } = this.#deps;
    const sql = vault.sql();
    const before = get(id);
    if (userId !== before.userId) throw new KeyholdError('other_account');
    const revoke = credentials.revocation(before);
    const left = sql.transaction(() => {
      if (by.kind !== 'api-key') requireNewAccount(sql, { ...before, org }, id);
      const leftId = credentials.leave(before, null);
      writeOrg(sql, id, org);
      writeCredential(sql, id, by.kind);
      credentials.make(id, by);
      accounts.offer(get(id));
      if (by.kind === 'pasted') accounts.becameAnother(id);
      return leftId;
    });
    changed();
    const revoked = await revoke();
    if (vault.isUnlocked && revoked.credentials.length > 0) {
      credentials.noteRefused(revoked.refused);
      const [asked] = revoked.credentials;
      if (left !== null && asked !== undefined && asked.revocation !== 'not_possible')
        credentials.unrevoked.note(left, asked.revocation);
      activity.append({ kind: 'context.edited', contextName: before.name, detail: revoked.words });
    }
    return revoked.credentials;
  }

  /**
   * Has a context act in another organization of its user from now on.
   *
   * @param org - Its slug.
   * @throws KeyholdError `context_not_found`, `already_added`, or as `Credentials.switchOrg`.
   */
  async actIn(id: string, org: string): Promise<void> {
    const { vault, credentials, activity, get, changed } = this.#deps;
    const sql = vault.sql();
    const context = get(id);
    if (context.org === org) return;
    requireNewAccount(sql, { ...context, org }, id);
    await credentials.switchOrg(context, org, () => {
      // Asked again: the service may have taken its time.
      requireNewAccount(sql, { ...context, org }, id);
      writeOrg(sql, id, org);
      const detail = `organization ${org}, was ${context.org ?? 'not chosen'}`;
      activity.append({ kind: 'context.edited', contextName: context.name, detail });
    });
    changed();
  }
}
