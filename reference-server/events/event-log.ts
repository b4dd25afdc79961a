import { keptEvents, keptEventSeconds } from '../../contracts/server-api/kisenon/events.ts';
import type { EventType, ServerEvent } from '../../contracts/server-api/kisenon/events.ts';
import type { EventTable } from '../db/organization-schema.ts';
import type { Reader, Tx } from '../db/write.ts';
import { leastUlid, nextUlid, ulidPattern } from './ulid.ts';

/** Something that happened in an organization, or in one of its projects. Nothing secret belongs in it. */
interface NewEvent {
  org_id: string;
  project_id?: string;
  type: Exclude<EventType, 'resume.gap.v1'>;
  /** `action` is what happened, `id` what it happened to; of an API key also `user_id`, whose it is. */
  data: { action: string; id: string } & ServerEvent['data'];
}

/**
 * Tells everybody who follows the organization's events, once the transaction is done. Ids go up in the order of the
 * transactions, of which there is one at a time.
 */
export async function publish({ now }: { now: () => Date }, tx: Tx, event: NewEvent): Promise<void> {
  const at = now();
  const id = nextUlid(at, await newestEvent(tx));
  await tx
    .insertInto('events')
    .values({
      id,
      org_id: event.org_id,
      project_id: event.project_id ?? null,
      type: event.type,
      at: at.toISOString(),
      data: JSON.stringify(event.data),
    })
    .execute();
  await forgetOld(tx, id, event.org_id, at);
}

/** Ids begin with their time, so that those of all organizations go by one range of the table's key. */
async function forgetOld(tx: Tx, id: string, orgId: string, now: Date): Promise<void> {
  const oldest = leastUlid(new Date(now.getTime() - keptEventSeconds * 1000));
  await tx.deleteFrom('events').where('id', '<', oldest).execute();
  // Counting takes longer: done once in 32 times.
  if (!id.endsWith('0')) return;
  const last = await tx
    .selectFrom('events')
    .select('id')
    .where('org_id', '=', orgId)
    .orderBy('id', 'desc')
    .offset(keptEvents)
    .limit(1)
    .executeTakeFirst();
  if (last === undefined) return;
  await tx.deleteFrom('events').where('org_id', '=', orgId).where('id', '<=', last.id).execute();
}

/** Whose events are read: an organization's, or of one project in it. */
export interface EventSource {
  orgId: string;
  projectId: string | null;
}

/** Events read at once. */
export const eventPage = 100;

/** The first events behind an id, at most `eventPage`. */
export function readEvents(
  db: Reader,
  { orgId, projectId }: EventSource,
  after: string,
): Promise<EventTable[]> {
  return db
    .selectFrom('events')
    .selectAll()
    .where('org_id', '=', orgId)
    .where('id', '>', after)
    .$if(projectId !== null, (query) => query.where('project_id', '=', projectId))
    .orderBy('id')
    .limit(eventPage)
    .execute();
}

/** Id of the newest event of all organizations, or of one; null where there is none. */
export async function newestEvent(db: Reader, orgId?: string): Promise<string | null> {
  const row = await db
    .selectFrom('events')
    .select('id')
    .$if(orgId !== undefined, (query) => query.where('org_id', '=', orgId ?? ''))
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Whether all that happened in an organization after an event is still there: as long as that event is. */
export async function isKept(db: Reader, orgId: string, id: string): Promise<boolean> {
  if (!ulidPattern.test(id)) return false;
  const row = await db
    .selectFrom('events')
    .select('id')
    .where('org_id', '=', orgId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row !== undefined;
}
