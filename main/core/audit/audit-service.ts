import { basename } from 'node:path';
import { printable, printableJson } from '../../../contracts/domain/printable.ts';
import type { AuditEntry, AuditFilter } from '../../../contracts/ipc/audit.ts';
import { auditPath } from '../../../contracts/server-api/artifact-keeper/audit.ts';
import { auditVerifySchema } from '../../../contracts/server-api/audit.ts';
import { csvText } from '../lib/csv.ts';
import type { Clock, FileDialogs, TextFiles } from '../ports.ts';
import { auditPageAnswer, type AuditEventAnswer } from '../service/dialects/artifact-keeper-audit.ts';
import { noteDeed, type DeedDeps } from '../service/deeds.ts';
import type { ServiceCalls } from '../service/service-calls.ts';
import type { Vault } from '../vault/vault.ts';

interface AuditServiceDeps extends Pick<DeedDeps, 'contexts' | 'activity'> {
  /** Asks for the log. */
  artifactKeeper: ServiceCalls;
  /** Asks for the log's proof, in another dialect. */
  service: ServiceCalls;
  vault: Vault;
  dialogs: FileDialogs;
  files: TextFiles;
  clock: Clock;
}

interface AuditPage {
  entries: AuditEntry[];
  /** How many there are on all pages. */
  total: number;
}

interface AuditFile {
  fileName: string;
  entries: number;
  /** How many there are, where that is more than a file takes. */
  total: number;
}

/** Events of a page, and pages that a file takes at most: some ten thousand events, which a person reads in no year. */
const pageSize = 100;
const exportPageSize = 200;
const maxExportPages = 250;

/** A detail that is longer says nothing more to a person. */
const longestDetail = 1000;

const columns = [
  'id',
  'at',
  'action',
  'user_id',
  'user_name',
  'resource_type',
  'resource_id',
  'address',
  'details',
] as const;

/** The audit log of a context's service, for whom the service lets read it. */
export class AuditService {
  readonly #deps: AuditServiceDeps;

  constructor(deps: AuditServiceDeps) {
    this.#deps = deps;
  }

  /** A page, the newest first; the first page is 1. @throws KeyholdError as `ServiceCalls.ask`. */
  list(contextId: string, filter: AuditFilter, page: number): Promise<AuditPage> {
    return this.#page(contextId, filter, page, pageSize);
  }

  /**
   * Writes all events to a file that the user chooses, as far as a file takes them.
   *
   * @returns Null when the user chose none.
   * @throws KeyholdError `vault_locked`, `storage_failed`, or as `ServiceCalls.ask`.
   */
  async export(contextId: string, filter: AuditFilter, format: 'csv' | 'json'): Promise<AuditFile | null> {
    const { dialogs, files, vault, clock } = this.#deps;
    const day = clock.now().toISOString().slice(0, 10);
    const path = await dialogs.save({
      title: 'Export audit log',
      fileName: `audit-log-${day}.${format}`,
      extension: format,
    });
    if (path === null) return null;
    // The dialog may have been open for long.
    vault.requireUnlocked();
    const { entries, total } = await this.#all(contextId, filter);
    await files.writeAtomic(path, fileText(entries, format), 0o600);
    noteDeed(this.#deps, 'audit_log.exported', contextId, `${String(entries.length)}, ${basename(path)}`);
    return { fileName: basename(path), entries: entries.length, total };
  }

  /** Has the service recompute its log's hash chain. @throws KeyholdError as `ServiceCalls.ask`. */
  async verify(contextId: string): Promise<{ checked: number; brokenAt: number | null }> {
    const request = { method: 'POST' as const, path: '/v1/audit/verify' };
    const answer = await this.#deps.service.ask(contextId, request, auditVerifySchema);
    return { checked: answer.checked, brokenAt: answer.valid ? null : (answer.broken_at ?? 0) };
  }

  async #all(contextId: string, filter: AuditFilter): Promise<AuditPage> {
    const first = await this.#page(contextId, filter, 1, exportPageSize);
    const { total } = first;
    // What happens while it is read would move the pages. The service's own clock says what came before.
    const until = { ...filter, to: filter.to ?? first.entries[0]?.at };
    const entries = new Map(first.entries.map((entry) => [entry.id, entry]));
    for (let page = 2; (page - 1) * exportPageSize < total && page <= maxExportPages; page++) {
      const next = await this.#page(contextId, until, page, exportPageSize);
      for (const entry of next.entries) entries.set(entry.id, entry);
    }
    return { entries: [...entries.values()], total };
  }

  async #page(contextId: string, filter: AuditFilter, page: number, size: number): Promise<AuditPage> {
    const path = `${auditPath}?${queryOf(filter, page, size)}`;
    const { items, total } = await this.#deps.artifactKeeper.ask(
      contextId,
      { method: 'GET', path },
      auditPageAnswer,
    );
    return { entries: items.map(toEntry), total };
  }
}

function queryOf(
  { userId, action, resourceType, resourceId, from, to }: AuditFilter,
  page: number,
  size: number,
): string {
  const named = { user_id: userId, action, resource_type: resourceType, resource_id: resourceId, from, to };
  const query = new URLSearchParams({ page: String(page), per_page: String(size) });
  for (const [name, value] of Object.entries(named)) if (value !== undefined) query.set(name, value);
  return query.toString();
}

function fileText(entries: readonly AuditEntry[], format: 'csv' | 'json'): string {
  if (format === 'json') return `${printableJson(JSON.stringify(entries, null, 2))}\n`;
  const rows = entries.map(({ id, at, action, actor, resource, address, details }) => ({
    ...{ id, at, action, address },
    ...{ user_id: actor?.id ?? null, user_name: actor?.name ?? null },
    ...{ resource_type: resource.type, resource_id: resource.id },
    details: details.map(({ name, value }) => `${name}=${value}`).join(' '),
  }));
  return csvText(columns, rows);
}

function toEntry(event: AuditEventAnswer): AuditEntry {
  const { user_id: userId = null, actor_username: name, details } = event;
  return {
    id: event.id,
    at: event.created_at,
    action: event.action,
    actor: userId === null ? null : { id: userId, name: name ?? userId },
    resource: { type: event.resource_type, id: event.resource_id ?? null },
    address: event.ip_address ?? null,
    details: Object.entries(details ?? {}).map(([key, value]) => ({
      name: key,
      value: printable(typeof value === 'string' ? value : JSON.stringify(value), longestDetail),
    })),
  };
}
