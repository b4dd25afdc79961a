import type { PendingAccount } from '../../../contracts/ipc/accounts.ts';
import { pendingListSchema, pendingPath } from '../../../contracts/server-api/index.ts';
import { noteDeed, type DeedDeps } from '../service/deeds.ts';
import { personOf } from '../service/dialects/kisenon.ts';

/** An account that waits, and what the person is told with the decision. */
interface AccountDecision {
  contextId: string;
  userId: string;
  note: string;
}

/** Accounts of a service that wait for an operator. */
export class AccountService {
  readonly #deps: DeedDeps;

  constructor(deps: DeedDeps) {
    this.#deps = deps;
  }

  /** The oldest first. @throws KeyholdError `not_allowed` for others than operators, or as `ServiceCalls.ask`. */
  async pending(contextId: string): Promise<PendingAccount[]> {
    const accounts = await this.#deps.service.askAll(
      contextId,
      { path: pendingPath },
      pendingListSchema,
      (page) => page.accounts,
    );
    this.#deps.service.seen.note(
      contextId,
      accounts.map(({ user }) => [user.id, user.username]),
    );
    return accounts.map(({ user, created_at: createdAt, providers }) => ({
      ...personOf(user),
      createdAt,
      providers,
    }));
  }

  /** @throws KeyholdError `account_decided`, or as `ServiceCalls.ask`. */
  approve(decision: AccountDecision): Promise<void> {
    return this.#decide('approve', decision);
  }

  /** @throws KeyholdError `account_decided`, or as `ServiceCalls.ask`. */
  deny(decision: AccountDecision): Promise<void> {
    return this.#decide('deny', decision);
  }

  async #decide(deed: 'approve' | 'deny', { contextId, userId, note }: AccountDecision): Promise<void> {
    await this.#deps.service.tell(contextId, {
      method: 'POST',
      path: `${pendingPath}/${userId}/${deed}`,
      body: { note },
      errorCodes: { not_found: 'account_decided', conflict: 'account_decided' },
    });
    const who = this.#deps.service.seen.of(contextId, userId);
    noteDeed(this.#deps, deed === 'approve' ? 'account.approved' : 'account.denied', contextId, who);
  }
}
