import type { ServerContext } from '../../context.ts';
import type { Actor, AuditEvent } from '../../db/write.ts';
import { networkOf } from '../../http/client-address.ts';

/**
 * Notes a failure in the audit log: of a flood from one source and network only the first few, for it must not fill
 * the log.
 *
 * @param source - The key or account whose failures are counted together.
 */
export async function noteFailure(
  context: ServerContext,
  source: string,
  actor: Partial<Actor> & { ip: string },
  event: Omit<AuditEvent, 'outcome'>,
): Promise<void> {
  const counted = `${source} ${networkOf(actor.ip)}`;
  if (context.tokenRefusals.pausedFor(counted) !== null) return;
  context.tokenRefusals.add(counted);
  await context.write(actor, (_tx, audit) => audit({ ...event, outcome: 'failure' }));
}
