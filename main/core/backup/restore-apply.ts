import type { RestoreResult } from '../../../contracts/ipc/backup.ts';
import {
  deleteContext,
  insertContext,
  readByName,
  setNamesAside,
  writeContext,
  writeCredential,
  writeCurrent,
} from '../contexts/context-store.ts';
import { deleteChoices, settleChoices, writeFirstChoice } from '../contexts/registry-account-store.ts';
import { readEndedKey } from '../credentials/keys/ended-keys.ts';
import { deleteAllKeys, writeKeyTerms, writeRevoked } from '../credentials/keys/key-store.ts';
import type { Random, Sql } from '../ports.ts';
import type { Vault } from '../vault/vault.ts';
import type { BackedUpContext, BackedUpKey, BackupContent } from './backup-content.ts';
import { readVaultContexts, restoreKey, type VaultContext } from './backup-rows.ts';
import { accountOf, leavingContexts, planMerge, type PlannedContext } from './restore-plan.ts';

interface Deps {
  vault: Vault;
  random: Random;
}

/** Ids that are taken in this vault; a restored row whose id is among them gets another one. */
class FreeIds {
  readonly #random: Random;
  readonly #taken: Set<string>;

  constructor(random: Random, taken: readonly string[]) {
    this.#random = random;
    this.#taken = new Set(taken);
  }

  take(id: string): string {
    const free = this.#taken.has(id) ? this.#random.uuid() : id;
    this.#taken.add(free);
    return free;
  }
}

/** Whether a context has anything of its own to sign with. */
function canSign({ keys }: VaultContext): boolean {
  return keys.some((row) => row.revoked_at === null);
}

function insertRestored(sql: Sql, context: BackedUpContext): void {
  insertContext(sql, { ...context, current: false });
  writeKeyTerms(sql, context.id, context.keyTerms);
}

function mergeOne({ vault }: Deps, ids: FreeIds, planned: PlannedContext): RestoreResult {
  const { context, into, asName, newKeys, revoked } = planned;
  const sql = vault.sql();
  const id = into?.id ?? ids.take(context.id);
  if (into === null) insertRestored(sql, { ...context, id, name: asName });
  for (const key of revoked) writeRevoked(sql, key.id, key.revokedAt);
  for (const key of newKeys) restoreKey(vault, id, ids.take(key.id), key);
  const revives = into !== null && !canSign(into) && newKeys.some(({ revokedAt }) => revokedAt === null);
  if (revives && context.credential !== null) writeCredential(sql, id, context.credential);
  const gained = into === null || revives;
  return {
    contexts: Number(into === null),
    keys: newKeys.length,
    registries: Number(gained && context.hasRegistry),
  };
}

/** A key that was registered, and that its service was known to refuse when it was deleted here, comes back as revoked. */
function withEndings(sql: Sql, content: BackupContent): BackupContent {
  const ended = (key: BackedUpKey): string | null => {
    const known = key.registeredAt === null ? undefined : readEndedKey(sql, key.kid);
    return known?.refused === 1 ? known.ended_at : null;
  };
  const contexts = content.contexts.map((context) => ({
    ...context,
    keys: context.keys.map((key) => ({ ...key, revokedAt: key.revokedAt ?? ended(key) })),
  }));
  return { ...content, contexts };
}

/** Adds what the vault has not. To be run in a transaction. */
export function applyMerge(deps: Deps, backup: BackupContent): RestoreResult {
  const sql = deps.vault.sql();
  const content = withEndings(sql, backup);
  const present = readVaultContexts(sql);
  const ids = new FreeIds(
    deps.random,
    present.flatMap(({ id, keys }) => [id, ...keys.map((key) => key.id)]),
  );
  const plan = planMerge(present, content);
  const results = plan.map((planned) => mergeOne(deps, ids, planned));
  if (!present.some(({ current }) => current)) {
    const chosen = plan.findIndex(({ context }) => context.current);
    const name = plan[Math.max(0, chosen)]?.asName;
    if (name !== undefined) makeCurrent(deps.vault, name);
  }
  for (const { context, asName } of plan) restoreChoice(deps.vault, context, asName);
  settleChoices(sql);
  return results.reduce(
    (total, result) => ({
      contexts: total.contexts + result.contexts,
      keys: total.keys + result.keys,
      registries: total.registries + result.registries,
    }),
    { contexts: 0, keys: 0, registries: 0 },
  );
}

function idOf(vault: Vault, name: string): string | null {
  return readByName(vault.sql(), name);
}

function makeCurrent(vault: Vault, name: string): void {
  const id = idOf(vault, name);
  if (id !== null) writeCurrent(vault.sql(), id);
}

/** The account that answered for a host when the backup was made answers again, where none is chosen now. */
function restoreChoice(vault: Vault, { answers, hasRegistry, host }: BackedUpContext, name: string): void {
  const id = answers && hasRegistry ? idOf(vault, name) : null;
  if (id !== null) writeFirstChoice(vault.sql(), host, id);
}

/** A key that the vault knows to be revoked stays so, whatever an older backup says. */
function withRevocation(key: BackedUpKey, revocations: ReadonlyMap<string, string>): BackedUpKey {
  return { ...key, revokedAt: key.revokedAt ?? revocations.get(key.kid) ?? null };
}

function replaceOne(
  { vault }: Deps,
  ids: FreeIds,
  context: BackedUpContext,
  into: VaultContext | undefined,
): string {
  const sql = vault.sql();
  if (into !== undefined) {
    writeContext(sql, { ...context, id: into.id, current: false });
    writeKeyTerms(sql, into.id, context.keyTerms);
    return into.id;
  }
  const id = ids.take(context.id);
  insertRestored(sql, { ...context, id });
  return id;
}

/**
 * Makes the vault's contexts and keys those of the backup. A context that both have keeps its id, and with it what was
 * set up for it. To be run in a transaction.
 */
export function applyReplace(deps: Deps, backup: BackupContent): RestoreResult {
  const { vault, random } = deps;
  const sql = vault.sql();
  const content = withEndings(sql, backup);
  const present = readVaultContexts(sql);
  const ids = new FreeIds(
    random,
    present.map(({ id }) => id),
  );
  const revocations = new Map(
    present
      .flatMap(({ keys }) => keys)
      .flatMap((row) => (row.revoked_at === null ? [] : [[row.kid, row.revoked_at] as const])),
  );
  for (const { id } of leavingContexts(present, content)) deleteContext(sql, id);
  deleteAllKeys(sql);
  deleteChoices(sql);
  setNamesAside(sql);
  const accounts = new Map(present.map((context) => [accountOf(context), context]));
  for (const context of content.contexts) {
    const into = accounts.get(accountOf(context));
    const id = replaceOne(deps, ids, context, into);
    for (const key of context.keys) {
      restoreKey(vault, id, ids.take(key.id), withRevocation(key, revocations));
    }
  }
  const chosen = content.contexts.find(({ current }) => current) ?? content.contexts[0];
  if (chosen !== undefined) makeCurrent(vault, chosen.name);
  for (const context of content.contexts) restoreChoice(vault, context, context.name);
  settleChoices(sql);
  return {
    contexts: content.contexts.length,
    keys: content.contexts.reduce((total, { keys }) => total + keys.length, 0),
    registries: content.contexts.filter(({ hasRegistry }) => hasRegistry).length,
  };
}
