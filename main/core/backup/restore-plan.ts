import { limits } from '../../../contracts/domain/limits.ts';
import type { RestorePreview, RestoreRow } from '../../../contracts/ipc/backup.ts';
import { foldName } from '../contexts/context-names.ts';
import { countCredentials } from '../credentials/backup/backed-up-credentials.ts';
import {
  compareCredentials,
  countAdded,
  credentialsPlanner,
  ownNameOf,
  type CredentialsPlan,
} from '../credentials/backup/restore-credentials.ts';
import { grouped } from '../lib/grouped.ts';
import type { BackedUpContext, BackupContent } from './backup-content.ts';
import type { VaultContext } from './backup-rows.ts';

/** What merging does with one context of the backup. */
export interface PlannedContext {
  context: BackedUpContext;
  /** The vault's context that it is; null when there is none. */
  into: VaultContext | null;
  asName: string;
  outcome: RestoreRow['outcome'];
  credentials: CredentialsPlan;
}

/** One user of one service. */
function accountOf({ origin, userId }: BackedUpContext | VaultContext): string {
  return `${origin} ${userId}`;
}

/**
 * One user of one service in one organization, with one API key of many: what makes a context the same wherever it is.
 */
function seatOf(context: BackedUpContext | VaultContext): string {
  return `${accountOf(context)} ${context.org ?? ''} ${ownNameOf(context)}`;
}

/**
 * Which of the vault's contexts each of a backup is. It is the one of its id, unless that is of another user or service,
 * whatever organization it acts in by now; else one of the same user, service and organization. No two are the same.
 */
export function homesOf(
  vault: readonly VaultContext[],
  backup: readonly BackedUpContext[],
): ReadonlyMap<BackedUpContext, VaultContext> {
  const byId = new Map(vault.map((context) => [context.id, context]));
  const homes = new Map<BackedUpContext, VaultContext>();
  for (const context of backup) {
    const same = byId.get(context.id);
    if (same !== undefined && accountOf(same) === accountOf(context)) homes.set(context, same);
  }
  const taken = new Set(homes.values());
  const others = vault.filter((context) => !taken.has(context));
  const free = grouped(others, seatOf);
  for (const context of backup) {
    const same = homes.has(context) ? undefined : free.get(seatOf(context))?.shift();
    if (same !== undefined) homes.set(context, same);
  }
  return homes;
}

/** What names of the same beginning share: the longest that a number never cuts. */
const stemLength = limits.contextNameMax - 6;

/**
 * The name itself, or the first of `name 2`, `name 3` … that is free, never longer than a name may be.
 * @param numbers where to go on, by the name's beginning: thousands of names must not each be tried from 2 on
 */
export function freeName(
  name: string,
  taken: ReadonlySet<string>,
  numbers = new Map<string, number>(),
): string {
  const stem = foldName(Array.from(name).slice(0, stemLength).join(''));
  let candidate = name;
  for (let number = numbers.get(stem) ?? 2; taken.has(foldName(candidate)); number += 1) {
    numbers.set(stem, number + 1);
    const suffix = ` ${number}`;
    // By characters, not code units: half of one would be no name.
    const kept = Array.from(name).slice(0, -suffix.length);
    const whole = name.length + suffix.length <= limits.contextNameMax;
    candidate = `${whole ? name : kept.join('').trimEnd()}${suffix}`;
  }
  return candidate;
}

/** Says for each context of the backup what merging it into the vault does. Nothing that the vault has is lost. */
export function planMerge(vault: readonly VaultContext[], content: BackupContent): PlannedContext[] {
  const homes = homesOf(vault, content.contexts);
  const taken = new Set(vault.map(({ name }) => foldName(name)));
  const numbers = new Map<string, number>();
  const planCredentials = credentialsPlanner(vault);
  return content.contexts.map((context) => {
    const into = homes.get(context) ?? null;
    const credentials = planCredentials(context, into);
    const asName = into?.name ?? freeName(context.name, taken, numbers);
    taken.add(foldName(asName));
    const renamed = asName === context.name ? 'new' : 'renamed';
    const merged = credentials.added.length + credentials.revoked.length > 0 ? 'merged' : 'same';
    return { context, into, asName, outcome: into === null ? renamed : merged, credentials };
  });
}

/** The vault's contexts that the backup has not: what replacing everything loses. */
export function leavingContexts(vault: readonly VaultContext[], content: BackupContent): VaultContext[] {
  const kept = new Set(homesOf(vault, content.contexts).values());
  return vault.filter((context) => !kept.has(context));
}

const order: Readonly<Record<RestoreRow['outcome'], number>> = { renamed: 0, new: 1, merged: 2, same: 3 };

function toRow(planned: PlannedContext): RestoreRow {
  const { context, asName, outcome, credentials } = planned;
  return {
    name: context.name,
    asName,
    host: context.host,
    userId: context.userId,
    outcome,
    credentials: countCredentials([context]),
    newCredentials: countAdded(credentials),
    revokedCredentials: credentials.revoked.length,
    foreignCredentials: credentials.foreign,
  };
}

/** What the user is shown before anything is changed. */
export function previewOf(vault: readonly VaultContext[], content: BackupContent): RestorePreview {
  const plan = planMerge(vault, content);
  const leaving = leavingContexts(vault, content);
  const compared = compareCredentials(vault, content.contexts);
  const rows = plan.map(toRow).sort((a, b) => order[a.outcome] - order[b.outcome]);
  const sum = (count: (row: RestoreRow) => number): number =>
    rows.reduce((total, row) => total + count(row), 0);
  return {
    savedAt: content.savedAt,
    contexts: content.contexts.length,
    credentials: compared.backedUp,
    rows: rows.slice(0, limits.previewRows),
    newContexts: plan.filter(({ into }) => into === null).length,
    newCredentials: sum(({ newCredentials }) => newCredentials),
    revokedCredentials: sum(({ revokedCredentials }) => revokedCredentials),
    leaving: {
      contexts: leaving.length,
      credentials: compared.leaving,
      names: leaving.slice(0, limits.previewRows).map(({ name }) => name),
    },
    present: vault.length,
  };
}
