import type { FastifyRequest } from 'fastify';
import path from 'node:path';
import type { Transaction } from 'kysely';
import type { ServerContext } from '../context.ts';
import type { Database } from '../db/schema.ts';
import { orgOfRepository } from '../identity/repository-name.ts';
import { authorizedCaller, requestedName } from './authorization.ts';

/** Notes that a content did not have its digest and was moved away. */
export async function auditBadContent(
  context: Pick<ServerContext, 'audit'>,
  digest: string,
  movedTo: string,
): Promise<void> {
  const details = { moved_to: path.basename(movedTo) };
  await context.audit.append({ action: 'registry.bad_content', outcome: 'failure', target: digest, details });
}

/** Notes what a signed-in caller did to the repository of a request, in the transaction that does it. */
export async function appendAudit(
  context: ServerContext,
  request: FastifyRequest,
  action:
    | 'registry.manifest_pushed'
    | 'registry.tag_deleted'
    | 'registry.manifest_deleted'
    | 'registry.blob_deleted',
  details: Record<string, string>,
  transaction: Transaction<Database>,
): Promise<void> {
  const { principal } = authorizedCaller(request).caller;
  const target = requestedName(request) ?? '';
  const org = orgOfRepository(target);
  await context.audit.append(
    {
      action,
      outcome: 'success',
      ...(principal === null ? {} : { actor: { id: principal.id, name: principal.name } }),
      target,
      ...(org === null ? {} : { org }),
      ip: request.ip,
      details,
    },
    transaction,
  );
}
