import type { ServerContext } from '../context.ts';
import type { InvitationTable } from '../db/organization-schema.ts';
import type { Tx } from '../db/write.ts';
import { publish } from '../events/event-log.ts';

/** Tells who follows the organization what became of an invitation. Its address is for admins alone, so it is not in it. */
export async function publishInvitation(
  context: Pick<ServerContext, 'now'>,
  tx: Tx,
  { id, org_id }: Pick<InvitationTable, 'id' | 'org_id'>,
  action: 'created' | 'resent' | 'revoked' | 'accepted',
): Promise<void> {
  await publish(context, tx, { org_id, type: 'invitation.changed.v1', data: { action, id } });
}
