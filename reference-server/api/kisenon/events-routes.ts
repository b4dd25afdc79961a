import { z } from 'zod';
import { eventsPath, projectEventsPath } from '../../../contracts/server-api/kisenon/events.ts';
import { projectParamsSchema } from '../../../contracts/server-api/kisenon/projects.ts';
import { letIn, signedIn } from '../../access/api-guard.ts';
import { followEvents } from '../../access/follow-events.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from '../keyhold/error-responses.ts';

const description =
  'Server-sent events. Each message has an id, and as data an event in JSON. `Last-Event-ID` goes on behind an event; ' +
  'where what followed is not kept any more, the first event is `resume.gap.v1`: read everything anew. The stream ends ' +
  'with the credential and its rights.';
const schema = {
  description,
  tags: ['events'],
  response: { 200: { content: { 'text/event-stream': { schema: z.string() } } }, ...errorResponses },
};

/** What happens in an organization, as it happens. */
export function eventsRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    eventsPath,
    {
      exposeHeadRoute: false,
      config: { access: { caller: signedIn, may: { organization: 'events:read' } } },
      schema: { ...schema, summary: 'What happens in the organization that the caller acts in' },
    },
    async (request, reply) => followEvents(context, request, reply, () => letIn(context, request)),
  );

  app.get(
    projectEventsPath(':project'),
    {
      exposeHeadRoute: false,
      config: { access: { caller: signedIn, may: { organization: 'project-events:read' } } },
      schema: { ...schema, summary: 'What happens in a project', params: projectParamsSchema },
    },
    async (request, reply) => followEvents(context, request, reply, () => letIn(context, request)),
  );
}
