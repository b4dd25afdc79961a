import type { FastifyReply, FastifyRequest } from 'fastify';
import { printable } from '../../contracts/domain/printable.ts';
import type { Organization } from '../../contracts/server-api/kisenon/organizations.ts';
import { isOperator } from '../identity/administrators.ts';
import { rememberOrganization } from '../auth/sessions.ts';
import type { ServerContext } from '../context.ts';
import { getUser } from '../identity/users.ts';
import { takeDoneNotice } from './done-notice.ts';
import { navigationOf, orgPageFor } from './navigation.ts';
import { ownOrganizations } from './own-organizations.ts';
import type { Frame, OrgChoice, Page, PageHead } from './views.ts';
import { hueOf, initialsOf } from './words.ts';

/** Whom a page is for, and which organization it is about. */
interface Around {
  /** Id of who is signed in; null for nobody. */
  user: string | null;
  /** Slug of the organization in the address, or else of the one that the user is in; null: the first one. */
  org: string | null;
}

/**
 * Answers with a page for whoever the guard let in. The organization is the one in the address, or else the one that the
 * session is in. Without a notice of its own, the page says what the form before it has done.
 *
 * The organization that somebody looks at is the one that they are in from then on, however they came there: the pages
 * that belong to none stay beside it. What a script of a page asks for in the background is not looked at: it moves
 * nobody, and takes no notice away from the page that it is for.
 */
export async function sendPage<Data extends object>(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  page: Page<Data>,
  data: Data & PageHead,
): Promise<FastifyReply> {
  const { caller, organization } = request;
  const org = organization?.slug ?? caller?.organization?.slug ?? null;
  const isLookedAt = (request.headers['sec-fetch-dest'] ?? 'document') === 'document';
  const notice = data.notice ?? (isLookedAt ? takeDoneNotice(context, request, reply) : null);
  if (
    caller !== null &&
    organization !== null &&
    organization.slug !== caller.organization?.slug &&
    isLookedAt
  )
    await context.write({}, (tx) => rememberOrganization(tx, caller.credential.id, organization.id));
  return sendPageTo(context, reply, { user: caller?.principal.id ?? null, org }, page, { ...data, notice });
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
  const orgs = await ownOrganizations(context, id);
  const current = orgs.find(({ slug }) => slug === org) ?? orgs[0] ?? null;
  return {
    ...plain,
    viewer: {
      id,
      username: user.username,
      displayName: printable(user.display_name),
      email: user.email,
      initials: initialsOf(user.display_name),
    },
    org: current && toChoice(current, nav),
    orgs: orgs.map((each) => toChoice(each, nav)),
    groups: navigationOf({ org: current, operator: isOperator(context.config, user) }, nav),
  };
}

/** Choosing it leads to the same page of that organization, or to its first one. */
function toChoice(org: Organization, nav: string | null): OrgChoice {
  const { slug, name, role } = org;
  const page = orgPageFor(
    org,
    nav?.startsWith('/orgs/:org/') === true ? nav.slice('/orgs/:org/'.length) : '',
  );
  return { slug, name: printable(name), role, page, initials: initialsOf(name), hue: hueOf(slug) };
}
