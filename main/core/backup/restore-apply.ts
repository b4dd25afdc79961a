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
import { countCredentials } from '../credentials/backup/backed-up-credentials.ts';
import {
  countAdded,
  idsOf,
  mergeCredentials,
  replaceCredentials,
  restoreTerms,
  withEndings,
} from '../credentials/backup/restore-credentials.ts';
import type { Random, Sql } from '../ports.ts';
import { addRoles } from '../rules/restored-roles.ts';
import type { Vault } from '../vault/vault.ts';
import type { BackedUpContext, BackupContent } from './backup-content.ts';
import { readVaultContexts, type VaultContext } from './backup-rows.ts';
import { homesOf, leavingContexts, planMerge, type PlannedContext } from './restore-plan.ts';

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

function insertRestored(sql: Sql, context: BackedUpContext): void {
  insertContext(sql, { ...context, current: false });
  restoreTerms(sql, context.id, context);
}

function mergeOne({ vault }: Deps, ids: FreeIds, planned: PlannedContext): RestoreResult {
  const { context, into, asName, credentials } = planned;
  const sql = vault.sql();
  const id = into?.id ?? ids.take(context.id);
  if (into === null) insertRestored(sql, { ...context, id, name: asName });
  const revives = mergeCredentials(vault, ids, id, credentials, into);
  if (revives && context.credential !== null) writeCredential(sql, id, context.credential);
  const gained = into === null || revives;
  return {
    contexts: Number(into === null),
    credentials: countAdded(credentials),
    registries: Number(gained && context.hasRegistry),
  };
}

function withAllEndings(sql: Sql, { contexts, ...content }: BackupContent): BackupContent {
  return { ...content, contexts: contexts.map((context) => withEndings(sql, context)) };
}

/** Adds what the vault has not. To be run in a transaction. */
export function applyMerge(deps: Deps, backup: BackupContent): RestoreResult {
  const sql = deps.vault.sql();
  const content = withAllEndings(sql, backup);
  const present = readVaultContexts(sql);
  const ids = new FreeIds(
    deps.random,
    present.flatMap((context) => [context.id, ...idsOf(context)]),
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
  addRoles(deps, content.roles);
  return results.reduce(
    (total, result) => ({
      contexts: total.contexts + result.contexts,
      credentials: total.credentials + result.credentials,
      registries: total.registries + result.registries,
    }),
    { contexts: 0, credentials: 0, registries: 0 },
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

function replaceOne(
  { vault }: Deps,
  ids: FreeIds,
  context: BackedUpContext,
  into: VaultContext | undefined,
): string {
  const sql = vault.sql();
  if (into !== undefined) {
    writeContext(sql, { ...context, id: into.id, current: false });
    restoreTerms(sql, into.id, context);
    return into.id;
  }
  const id = ids.take(context.id);
  insertRestored(sql, { ...context, id });
  return id;
}

/**
 * Makes the vault's contexts and credentials those of the backup. A context that both have keeps its id, and with it what was
 * set up for it. Roles are added: none is in the way of another. To be run in a transaction.
 */
export function applyReplace(deps: Deps, backup: BackupContent): RestoreResult {
  const { vault, random } = deps;
  const sql = vault.sql();
  const content = withAllEndings(sql, backup);
  const present = readVaultContexts(sql);
  const ids = new FreeIds(
    random,
    present.map(({ id }) => id),
  );
  for (const { id } of leavingContexts(present, content)) deleteContext(sql, id);
  const restoreCredentials = replaceCredentials(vault, ids, present);
  deleteChoices(sql);
  setNamesAside(sql);
  const homes = homesOf(present, content.contexts);
  for (const context of content.contexts) {
    const id = replaceOne(deps, ids, context, homes.get(context));
    restoreCredentials(id, context);
  }
  const chosen = content.contexts.find(({ current }) => current) ?? content.contexts[0];
  if (chosen !== undefined) makeCurrent(vault, chosen.name);
  for (const context of content.contexts) restoreChoice(vault, context, context.name);
  settleChoices(sql);
  addRoles(deps, content.roles);
  return {
    contexts: content.contexts.length,
    credentials: countCredentials(content.contexts),
    registries: content.contexts.filter(({ hasRegistry }) => hasRegistry).length,
  };
}
