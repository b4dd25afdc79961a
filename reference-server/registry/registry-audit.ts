import type { FastifyRequest } from 'fastify';
import path from 'node:path';
import type { ServerContext } from '../context.ts';
import type { AuditEvent } from '../db/write.ts';
import { orgOfRepository } from '../identity/repository-name.ts';
import { requestedName } from './guard.ts';

/** Notes that a content did not have its digest and was moved away. */
export async function auditBadContent(
  context: Pick<ServerContext, 'write'>,
  digest: string,
  movedTo: string,
): Promise<void> {
  const details = { moved_to: path.basename(movedTo) };
  await context.write({}, (_tx, audit) =>
    audit({ action: 'registry.bad_content', outcome: 'failure', target: digest, details }),
  );
}

/** What was done to the repository of a request, for the audit log. */
export function repositoryEvent(
  request: FastifyRequest,
  action:
    | 'registry.manifest_pushed'
    | 'registry.tag_deleted'
    | 'registry.manifest_deleted'
    | 'registry.blob_deleted',
  details: Record<string, string>,
): AuditEvent {
  const target = requestedName(request) ?? '';
  const org = orgOfRepository(target);
  return { action, outcome: 'success', target, ...(org === null ? {} : { org }), details };
}
