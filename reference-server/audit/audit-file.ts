import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import type { AuditEventRow } from '../../contracts/server-api/audit.ts';
import { ConfigError } from '../config/config-error.ts';
import type { Reader } from '../db/write.ts';
import { codeOf } from '../error-code.ts';
import { detailsOfEvent, nameOfEvent, resourceTypeOf } from './action-names.ts';
import { eventsBehind } from './audit-reader.ts';

/** Events that are read and written at once. */
const pageSize = 500;
/** More than a line takes, bytes. */
const longestLine = 64 * 1024;

const lineSchema = z.object({ event_id: z.string().regex(/^\d{1,15}$/) });

interface AuditFileDeps {
  path: string;
  db: Reader;
  /** Told why events could not be written; they are written once that is over. */
  report: (problem: string) => void;
}

/**
 * The audit log as a file of JSON lines, for programs that gather logs. The database has the events first, the file follows:
 * what it misses because the server ended or the disk was full, it gets later. It may be moved away at any time, and goes on
 * in a new one.
 */
export class AuditFile {
  readonly #deps: AuditFileDeps;
  #last: number;
  #work: Promise<void> = Promise.resolve();
  #waiting = false;
  #failing = false;

  /** @param last - `seq` of the last event in the file. */
  constructor(deps: AuditFileDeps, last: number) {
    this.#deps = deps;
    this.#last = last;
  }

  /** Has the file get the events that it does not have yet. To be called after each change. */
  follow(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#work = this.#work.then(async () => {
      this.#waiting = false;
      try {
        await this.#catchUp();
        this.#failing = false;
      } catch (error) {
        this.#failing = true;
        this.#deps.report(codeOf(error));
      }
    });
  }

  /** Whether it lacks events that could not be written. */
  get isFailing(): boolean {
    return this.#failing;
  }

  /** Ends once the file has what there was to write. */
  async settled(): Promise<void> {
    await this.#work;
  }

  async #catchUp(): Promise<void> {
    for (;;) {
      const events = await eventsBehind(this.#deps.db, this.#last, pageSize);
      const last = events.at(-1);
      if (last === undefined) return;
      await appendLines(this.#deps.path, events.map(lineOf));
      this.#last = last.seq;
    }
  }
}

/**
 * Opens the audit log's file where it ended; a new one begins with the next event.
 *
 * @param path - Null for no file.
 * @throws ConfigError when it cannot be written to.
 */
export async function openAuditFile(path: string | null, db: Reader): Promise<AuditFile | null> {
  if (path === null) return null;
  const report = (problem: string): void => {
    process.stderr.write(
      `The audit log cannot be written to ${path} (${problem}). It goes on once that is over.\n`,
    );
  };
  try {
    const file = await openForAppending(path);
    try {
      return new AuditFile({ path, db, report }, (await lastEventIn(file)) ?? (await newestEvent(db)));
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new ConfigError(
      `The file of the audit log ${path} cannot be written to (${codeOf(error)}). Correct AUDIT_LOG_PATH.`,
    );
  }
}

/** For its owner alone. */
function openForAppending(path: string): Promise<FileHandle> {
  return open(path, 'a+', 0o600);
}

async function appendLines(path: string, lines: readonly string[]): Promise<void> {
  const file = await openForAppending(path);
  try {
    const { size } = await file.stat();
    const end = Buffer.alloc(1, '\n');
    if (size > 0) await file.read(end, 0, 1, size - 1);
    // What a full disk or an end of the server left of a line stays a line of its own; its event comes whole after it.
    const start = end.toString() === '\n' ? '' : '\n';
    await file.appendFile(`${start}${lines.join('\n')}\n`);
  } finally {
    await file.close();
  }
}

/** `seq` of the last event that stands in a file as a whole; null where none does. */
async function lastEventIn(file: FileHandle): Promise<number | null> {
  const { size } = await file.stat();
  const end = Buffer.alloc(Math.min(size, longestLine * 2));
  await file.read(end, 0, end.length, size - end.length);
  for (const line of end.toString().split('\n').toReversed()) {
    const seq = seqOf(line);
    if (seq !== null) return seq;
  }
  return null;
}

function seqOf(line: string): number | null {
  try {
    return Number(lineSchema.parse(JSON.parse(line)).event_id);
  } catch {
    return null;
  }
}

async function newestEvent(db: Reader): Promise<number> {
  const row = await db
    .selectFrom('audit_events')
    .select((select) => select.fn.max('seq').as('seq'))
    .executeTakeFirst();
  return row?.seq ?? 0;
}

/** Names of bots have their organization before them. */
function actorType({ actor_id: id, actor_name: name }: AuditEventRow): 'system' | 'bot' | 'user' {
  if (id === null) return 'system';
  return name?.includes('/') === true ? 'bot' : 'user';
}

function lineOf(event: AuditEventRow): string {
  return JSON.stringify({
    schema_version: 1,
    category: 'audit',
    event_id: String(event.seq),
    timestamp: event.at,
    action: nameOfEvent(event),
    outcome: event.outcome,
    actor: { id: event.actor_id, name: event.actor_name, type: actorType(event) },
    ...(event.address === null ? {} : { source_ip: event.address }),
    resource: { type: resourceTypeOf(event.action), id: event.target },
    ...(event.org === null ? {} : { organization: event.org }),
    correlation_id: null,
    details: detailsOfEvent(event),
    hash: event.hash,
  });
}
