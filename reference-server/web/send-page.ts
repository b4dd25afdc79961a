import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import { getUser, membershipsOf } from '../identity/users.ts';
import type { OrgMembership } from '../identity/users.ts';
import { navigationOf } from './navigation.ts';
import type { Frame, OrgChoice, Page, PageHead } from './views.ts';
import { hueOf, initialsOf } from './words.ts';

/** Whom a page is for, and which organization it is about. */
interface Around {
  /** Id of who is signed in; null for nobody. */
  user: string | null;
  /** Slug of the organization in the address, or else of the one that the user is in. */
  org: string | null;
}

/**
 * Answers with a page for whoever the guard let in. The organization is the one in the address, or else the one that the
 * session is in.
 */
export async function sendPage<Data extends object>(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  page: Page<Data>,
  data: Data & PageHead,
): Promise<FastifyReply> {
  const { caller, params } = request;
  const named: unknown =
    typeof params === 'object' && params !== null ? Reflect.get(params, 'org') : undefined;
  const org = typeof named === 'string' ? named : (caller?.organization?.slug ?? null);
  return sendPageTo(context, reply, { user: caller?.principal.id ?? null, org }, page, data);
}

/** The same for a user whom no guard has let in yet: who has just signed in, or whose form was too old. */
export async function sendPageTo<Data extends object>(
  context: ServerContext,
  reply: FastifyReply,
  around: Around,
  page: Page<Data>,
  data: Data & PageHead,
): Promise<FastifyReply> {
  const frame = await frameOf(context, around, page.nav, reply.generateCsrf());
  return reply.type('text/html; charset=utf-8').send(page.render(frame, data));
}

/** A frame without a viewer. */
export function plainFrame(context: ServerContext, csrf: string): Frame {
  return { serverName: context.config.name, csrf, viewer: null, org: null, orgs: [], groups: [] };
}

async function frameOf(
  context: ServerContext,
  { user: id, org }: Around,
  nav: string | null,
  csrf: string,
): Promise<Frame> {
  const plain = plainFrame(context, csrf);
  if (id === null) return plain;
  const user = await getUser(context.db, id);
  const orgs = (await membershipsOf(context.db, id)).map(toChoice);
  const current = orgs.find(({ slug }) => slug === org) ?? null;
  return {
    ...plain,
    viewer: {
      username: user.username,
      displayName: user.display_name,
      email: user.email,
      initials: initialsOf(user.display_name),
    },
    org: current,
    orgs,
    groups: navigationOf(current?.slug ?? null, nav),
  };
}

function toChoice({ slug, role }: OrgMembership): OrgChoice {
  return { slug, role, initials: initialsOf(slug), hue: hueOf(slug) };
}
