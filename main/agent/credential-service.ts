import type { ErrorCode } from '../../contracts/errors.ts';
import { KeyholdError } from '../../contracts/errors.ts';
import type { VaultState } from '../../contracts/ipc/vault.ts';
import type { Caller } from '../../contracts/domain/approval.ts';
import type { ApprovalService, Decision } from '../core/approvals/approval-service.ts';
import type { ActivityLog } from '../core/activity/activity-log.ts';
import type { ContextService, StoredContext } from '../core/contexts/context-service.ts';
import { contextHost, probeHost } from '../core/registries/host.ts';
import type { TokenService } from '../core/tokens/token-service.ts';
import type { Vault } from '../core/vault/vault.ts';
import { GivenSecrets } from './given-secrets.ts';
import { pauseHint } from './refused-use.ts';

/** What Docker's credential helper protocol calls a credential; its members' names are the protocol's. */
export interface Credential {
  readonly ServerURL: string;
  readonly Username: string;
  readonly Secret: string;
}

export type RefusalReason =
  | 'invalid_server'
  | 'vault_missing'
  | 'vault_locked'
  | 'vault_unreadable'
  | 'unknown_host'
  | 'no_account_chosen'
  | 'key_not_registered'
  | 'signed_out'
  | 'key_expired'
  | 'api_key_refused'
  | 'api_key_expired'
  | 'session_expired'
  | 'approval_pending'
  | 'server_unreachable'
  | 'denied'
  | 'not_answered';

/** `message` is one line for people that says what to do. */
export type CredentialAnswer =
  | { readonly kind: 'credential'; readonly credential: Credential }
  | { readonly kind: 'users'; readonly users: Readonly<Record<string, string>> }
  | { readonly kind: 'ignored'; readonly message: string }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly message: string };

/** How the activity log words a refusal. */
const reasonWords: Readonly<Record<RefusalReason, string>> = {
  invalid_server: 'no registry named',
  vault_missing: 'no vault',
  vault_locked: 'vault locked',
  vault_unreadable: 'vault not readable',
  unknown_host: 'no context',
  no_account_chosen: 'no account chosen',
  key_not_registered: 'key not registered',
  signed_out: 'signed out',
  key_expired: 'key expired',
  api_key_refused: 'API key refused',
  api_key_expired: 'API key ended',
  session_expired: 'session ended',
  approval_pending: 'account waits for approval',
  server_unreachable: 'service not reached',
  denied: 'denied',
  not_answered: 'nobody answered',
};

interface Refusal {
  readonly reason: RefusalReason;
  readonly message: string;
}

interface CredentialServiceDeps {
  vault: Pick<Vault, 'status' | 'isUnlocked'>;
  contexts: Pick<ContextService, 'accounts'>;
  tokens: Pick<TokenService, 'registryToken'>;
  activity: Pick<ActivityLog, 'append'>;
  approvals: Pick<ApprovalService, 'decide'>;
}

/** Who asks, as far as it is known. */
export interface Asker {
  caller: Caller | null;
  /** Gives what is aborted when it no longer waits for the answer; most are never asked. */
  gone?: () => AbortSignal;
}

const somebody: Asker = { caller: null };

/**
 * What the credential helper asks for: the protocol of docker/docker-credential-helpers, without its bytes. A
 * credential is made for registries of active contexts only, and nothing that a client wants stored is kept.
 */
export class CredentialService {
  readonly #deps: CredentialServiceDeps;
  readonly #given = new GivenSecrets();

  constructor(deps: CredentialServiceDeps) {
    this.#deps = deps;
  }

  vaultState(): VaultState {
    return this.#deps.vault.status().state;
  }

  /**
   * Makes a credential for a registry: the context's user id and a fresh token.
   *
   * @param serverKey - what the client sent: `host[:port]` or an address of that host
   */
  async get(serverKey: string, asker: Asker = somebody): Promise<CredentialAnswer> {
    const host = contextHost(serverKey);
    const vaultRefusal = this.#vaultRefusal();
    if (vaultRefusal) return this.#refuse(host, vaultRefusal);
    if (host === null) return this.#refuse(null, invalidServer);
    let context: StoredContext | null = null;
    try {
      context = this.#deps.contexts.accounts.of(host);
      if (context?.state !== 'active') return this.#refuse(host, this.#unable(host, context), context?.name);
      const decision = await this.#deps.approvals.decide({
        context,
        purpose: 'credential',
        life: null,
        ...asker,
      });
      if (decision !== 'allowed') return this.#refuse(host, undecided(decision, host, asker), context.name);
      const program = asker.caller?.program ?? null;
      const { username, secret } = await this.#deps.tokens.registryToken(context.id, host, program);
      this.#given.add(secret);
      const credential = { ServerURL: serverKey.trim(), Username: username, Secret: secret };
      return { kind: 'credential', credential };
    } catch (error) {
      const name = context?.name ?? host;
      const refusal = error instanceof KeyholdError ? this.#whileMinting(error.code, host, name) : null;
      if (!refusal) throw error;
      return this.#refuse(host, refusal, context?.name);
    }
  }

  /** The user ids by registry host; none while the vault is locked. */
  list(): CredentialAnswer {
    if (!this.#deps.vault.isUnlocked) return { kind: 'users', users: {} };
    const answering = this.#deps.contexts.accounts.answering();
    return { kind: 'users', users: Object.fromEntries(answering.map(({ host, userId }) => [host, userId])) };
  }

  /**
   * Keeps nothing, and says so where somebody typed a password. Clients also store what `get` has just given them.
   *
   * @param body - What the client sent.
   */
  store(body: string): CredentialAnswer {
    const message = 'Keyhold did not keep this password: it makes a fresh token each time one is asked for.';
    return { kind: 'ignored', message: this.#given.isTyped(body) ? message : '' };
  }

  /** There is nothing to erase. */
  erase(): CredentialAnswer {
    return { kind: 'ignored', message: '' };
  }

  #vaultRefusal(): Refusal | null {
    const state = this.vaultState();
    switch (state) {
      case 'unlocked':
        return null;
      case 'locked':
        return locked;
      case 'missing':
        return {
          reason: 'vault_missing',
          message: 'Keyhold has no vault yet. Open Keyhold and follow its first steps.',
        };
      case 'damaged':
      case 'newer':
        return unreadable;
    }
  }

  /** Why a host is not answered, by the account that is chosen for it. Another one never takes its place. */
  #unable(host: string, chosen: Pick<StoredContext, 'name' | 'state'> | null): Refusal {
    const all = this.#deps.contexts.accounts.allOf(host);
    if (chosen === null && all.some(({ state }) => state === 'active')) return noneChosen(host);
    const account = chosen ?? all.find(({ state }) => state === 'pending') ?? all[0];
    if (account === undefined) return unknownHost(host);
    return account.state === 'pending' ? notRegistered(host, account.name) : signedOut(host, account.name);
  }

  /** The vault may be locked or the context removed while a token is made. */
  #whileMinting(code: ErrorCode, host: string, name: string): Refusal | null {
    if (code === 'vault_locked') return locked;
    if (code === 'vault_damaged') return unreadable;
    if (code === 'context_not_found') return unknownHost(host);
    return signInRefusals[code]?.(host, name) ?? null;
  }

  #refuse(host: string | null, { reason, message }: Refusal, contextName?: string): CredentialAnswer {
    const readable = reason !== 'vault_missing' && reason !== 'vault_unreadable';
    // The Doctor asks for that host each time it checks: that is not worth an entry.
    if (readable && host !== probeHost) {
      this.#deps.activity.append({
        kind: 'helper.refused',
        contextName: contextName ?? null,
        detail: host === null ? reasonWords[reason] : `${host}: ${reasonWords[reason]}`,
      });
    }
    return { kind: 'refused', reason, message };
  }
}

const locked: Refusal = {
  reason: 'vault_locked',
  message: 'Keyhold is locked. Unlock it and run the command again.',
};

const unreadable: Refusal = {
  reason: 'vault_unreadable',
  message: 'Keyhold cannot read its vault. Open Keyhold to see what to do.',
};

const invalidServer: Refusal = {
  reason: 'invalid_server',
  message: 'Keyhold was asked for no registry: expected host[:port] on standard input.',
};

/** Why a person's answer, or the lack of one, keeps a credential back. */
function undecided(decision: Exclude<Decision, 'allowed'>, host: string, { caller }: Asker): Refusal {
  if (decision === 'locked') return locked;
  const program = caller?.program ?? 'this program';
  if (decision === 'denied') {
    const message = `Keyhold was told not to let ${program} use ${host}. If that answer is remembered, change it in Keyhold under Approvals.`;
    return { reason: 'denied', message };
  }
  if (decision === 'paused') {
    return {
      reason: 'denied',
      message: `Keyhold was told three times not to let ${program} use ${host}. ${pauseHint}`,
    };
  }
  return {
    reason: 'not_answered',
    message: `Nobody answered whether ${program} may use ${host}. Run the command again and answer in Keyhold.`,
  };
}

function unknownHost(host: string): Refusal {
  return {
    reason: 'unknown_host',
    message: `Keyhold has no context for ${host}. Add one in Keyhold, or take the host out of credHelpers in auth.json.`,
  };
}

/** What to do about the account itself, or in its place. */
const orAnother = 'or choose another account under Registries';

function noneChosen(host: string): Refusal {
  return {
    reason: 'no_account_chosen',
    message: `No account is chosen for ${host}. Open Keyhold and choose one under Registries.`,
  };
}

function signedOut(host: string, name: string): Refusal {
  return {
    reason: 'signed_out',
    message: `“${name}”, the account for ${host}, is signed out. Open Keyhold and sign in again, ${orAnother}.`,
  };
}

function notRegistered(host: string, name: string): Refusal {
  return {
    reason: 'key_not_registered',
    message: `The key of “${name}”, the account for ${host}, is not registered. Open Keyhold and register one, ${orAnother}.`,
  };
}

/** The context is active: what is not registered is a key that was. */
function keyRefused(host: string, name: string): Refusal {
  return {
    reason: 'key_not_registered',
    message: `${host} does not know the key of “${name}” any more. Open Keyhold and look at Status, ${orAnother}.`,
  };
}

const again = `Open Keyhold and sign in again, ${orAnother}.`;

function unreached(host: string, name: string): Refusal {
  return {
    reason: 'server_unreachable',
    message: `${host} cannot be reached to renew the session of “${name}”. Check your network and your VPN, then try again.`,
  };
}

/** What keeps an account from signing in, by what its credential says. */
const signInRefusals: Partial<Record<ErrorCode, (host: string, name: string) => Refusal>> = {
  key_not_registered: keyRefused,
  key_expired: (host, name) => ({
    reason: 'key_expired',
    message: `The key of “${name}”, the account for ${host}, has expired. Open Keyhold and rotate it, ${orAnother}.`,
  }),
  api_key_expired: (host, name) => ({
    reason: 'api_key_expired',
    message: `The API key of “${name}”, the account for ${host}, has ended. ${again}`,
  }),
  api_key_refused: (host, name) => ({
    reason: 'api_key_refused',
    message: `${host} does not accept the API key of “${name}” any more. ${again}`,
  }),
  session_expired: (host, name) => ({
    reason: 'session_expired',
    message: `The session of “${name}”, the account for ${host}, has ended. ${again}`,
  }),
  approval_pending: (host, name) => ({
    reason: 'approval_pending',
    message: `“${name}”, the account for ${host}, waits for the approval of an operator. Ask whoever runs the service.`,
  }),
  server_unreachable: unreached,
  not_a_keyhold_server: unreached,
};
