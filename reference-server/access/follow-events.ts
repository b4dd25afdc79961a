import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EventType } from '../../contracts/server-api/kisenon/events.ts';
import type { OrganizationAction } from '../../contracts/server-api/kisenon/organization-actions.ts';
import type { ServerContext } from '../context.ts';
import type { Sight } from '../events/event-streams.ts';
import { ApiError } from '../http/api-error.ts';
import { decideAction } from './decide-action.ts';
import { found, keyLimitsOf } from './require-right.ts';
import { callerOf } from './route-access.ts';

/** Who sees an event may see what it is about. */
const needs: Readonly<Record<Exclude<EventType, 'resume.gap.v1'>, OrganizationAction>> = {
  'organization.changed.v1': 'organization:read',
  'member.changed.v1': 'members:read',
  'invitation.changed.v1': 'invitations:read',
  'api-key.changed.v1': 'api-keys:read-all',
  'project.changed.v1': 'projects:read',
  'branch.changed.v1': 'branches:read',
};

/**
 * Answers with what happens in the organization that a guard has found, or in the project.
 *
 * @param admitAgain - What the guard does, which is asked again while the stream is open. @throws ApiError
 */
export function followEvents(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  admitAgain: () => Promise<void>,
): FastifyReply {
  const { id: orgId } = found(request.organization);
  const order = {
    orgId,
    projectId: request.project?.id ?? null,
    ...listenerOf(request),
    look: async () => {
      if (await isRefused(admitAgain)) return null;
      // Who was in one organization may now act in another.
      return found(request.organization).id === orgId ? sightOf(request) : null;
    },
  };
  return sendStream(reply, context.eventStreams.open(order, reply.raw));
}

/**
 * Answers with a word each time when a view shows something else.
 *
 * @param read - What the view shows to the caller.
 */
export function followView(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  admitAgain: () => Promise<void>,
  read: () => Promise<unknown>,
): FastifyReply {
  const look = async () => {
    if (await isRefused(admitAgain)) return null;
    return createHash('sha256')
      .update(JSON.stringify(await read()))
      .digest('base64url');
  };
  return sendStream(reply, context.eventStreams.watch({ ...listenerOf(request), look }, reply.raw));
}

function listenerOf(request: FastifyRequest): { callerId: string; after: string | null } {
  const after = request.headers['last-event-id'];
  return { callerId: callerOf(request).principal.id, after: typeof after === 'string' ? after : null };
}

async function isRefused(admit: () => Promise<void>): Promise<boolean> {
  try {
    await admit();
    return false;
  } catch (error) {
    if (error instanceof ApiError) return true;
    throw error;
  }
}

function sendStream(reply: FastifyReply, body: Readable): FastifyReply {
  // Proxies that keep answers until they are whole would keep it for ever.
  return reply.type('text/event-stream; charset=utf-8').header('x-accel-buffering', 'no').send(body);
}

/** What the caller that the guard has let in may see. Whose API key it is sees that too. */
function sightOf(request: FastifyRequest): Sight {
  const caller = callerOf(request);
  const { role } = found(request.organization);
  const may = (action: OrganizationAction, projectId: string | null): boolean =>
    decideAction(action, { projectId, branchId: null }, role, keyLimitsOf(caller)) === null;
  return {
    ends: caller.credential.ends,
    sees: ({ type, project_id, data }) => {
      const isOwnKey =
        type === 'api-key.changed.v1' &&
        (JSON.parse(data) as { user_id?: string }).user_id === caller.principal.id;
      return isOwnKey || may(needs[type as keyof typeof needs], project_id);
    },
  };
}
