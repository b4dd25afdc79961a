import { z } from 'zod';
import { instantSchema } from '../primitives.ts';

/** Server-sent events of the organization that the caller acts in; `/v1/projects/{project}/events` of one project. */
export const eventsPath = '/v1/events';
export function projectEventsPath(project: string): string {
  return `/v1/projects/${project}/events`;
}

/** How long events can be asked for by `Last-Event-ID`: this many seconds, and this many of an organization. */
export const keptEventSeconds = 24 * 3600;
export const keptEvents = 10_000;

/** What happens in an organization. `resume.gap.v1`: what lies before is gone, read everything anew. */
export const eventTypes = [
  'organization.changed.v1',
  'member.changed.v1',
  'invitation.changed.v1',
  'api-key.changed.v1',
  'project.changed.v1',
  'branch.changed.v1',
  'resume.gap.v1',
] as const;
export type EventType = (typeof eventTypes)[number];

/** The `data:` of one event; later servers have more types, and more in each. `id` is a ULID, and the SSE id too. */
export const eventSchema = z.object({
  id: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'Must be a ULID'),
  type: z.string().max(100),
  source: z.string().max(100),
  org_id: z.string(),
  project_id: z.string().optional(),
  at: instantSchema,
  /** `action` is what happened (`created`, `renamed`, `deleted`, …), `id` what it happened to. */
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type ServerEvent = z.infer<typeof eventSchema>;
