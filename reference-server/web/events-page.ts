import { orgParamsSchema } from '../../contracts/server-api/kisenon/organizations.ts';
import { followEvents } from '../access/follow-events.ts';
import { requireRight } from '../access/require-right.ts';
import { admit } from '../access/route-access.ts';
import type { ServerContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { browserCaller } from './web-session.ts';

const may = { organization: 'events:read' } as const;

/** `/orgs/:org/events`: what happens in an organization, for the scripts of its pages. As `GET /v1/events`. */
export function eventsPage(app: ZodApp, context: ServerContext): void {
  app.get(
    '/orgs/:org/events',
    {
      exposeHeadRoute: false,
      config: { access: { page: 'signed-in', may } },
      schema: { hide: true, params: orgParamsSchema },
    },
    async (request, reply) =>
      followEvents(context, request, reply, async () => {
        const caller = await browserCaller(context, request);
        if (caller?.approved !== true) throw new ApiError('session_expired', 'The session has ended.');
        await requireRight(context, request, caller, may);
        admit(request, caller);
      }),
  );
}
