import type { FastifyRequest } from 'fastify';
import { orgParamsSchema } from '../../contracts/server-api/kisenon/organizations.ts';
import { followEvents, followView } from '../access/follow-events.ts';
import { requireRight } from '../access/require-right.ts';
import { admit, callerOf } from '../access/route-access.ts';
import type { Need } from '../access/route-access.ts';
import type { ServerContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { listPending } from '../identity/accounts.ts';
import { ownOrganizations } from './own-organizations.ts';
import { browserCaller } from './web-session.ts';

const ofOrganization = { organization: 'events:read' } as const;
const ofOperator = { server: 'decide-accounts' } as const;
const signedIn = { page: 'signed-in' } as const;
const hide = true;

/** For the scripts of pages: what happens in an organization, as `GET /v1/events`, and when other lists change. */
export function eventsPage(app: ZodApp, context: ServerContext): void {
  const admitBrowser = async (request: FastifyRequest, may: Need | null) => {
    const caller = await browserCaller(context, request);
    if (caller?.approved !== true) throw new ApiError('session_expired', 'The session has ended.');
    if (may !== null) await requireRight(context, request, caller, may);
    admit(request, caller);
  };

  app.get(
    '/orgs/:org/events',
    {
      exposeHeadRoute: false,
      config: { access: { ...signedIn, may: ofOrganization } },
      schema: { hide, params: orgParamsSchema },
    },
    async (request, reply) =>
      followEvents(context, request, reply, () => admitBrowser(request, ofOrganization)),
  );

  app.get(
    '/orgs/events',
    { exposeHeadRoute: false, config: { access: signedIn }, schema: { hide } },
    async (request, reply) => {
      const { id } = callerOf(request).principal;
      const admitAgain = () => admitBrowser(request, null);
      return followView(context, request, reply, admitAgain, () => ownOrganizations(context, id));
    },
  );

  app.get(
    '/operator/events',
    { exposeHeadRoute: false, config: { access: { ...signedIn, may: ofOperator } }, schema: { hide } },
    async (request, reply) =>
      followView(
        context,
        request,
        reply,
        () => admitBrowser(request, ofOperator),
        // As many as an operator looks through.
        () => listPending(context, { limit: 200, after: '' }),
      ),
  );
}
