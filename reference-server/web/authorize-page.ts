import type { FastifyReply, FastifyRequest, preValidationHookHandler } from 'fastify';
import { z } from 'zod';
import { printable } from '../../contracts/domain/printable.ts';
import {
  authorizePath,
  authorizeQuerySchema,
  loginCodeSeconds,
} from '../../contracts/server-api/kisenon/loopback.ts';
import { orgSlugSchema } from '../../contracts/server-api/primitives.ts';
import { browserAccessAt, leastRoleFor } from '../access/browser-access.ts';
import { actorOf, callerOf } from '../access/route-access.ts';
import { allowLogin, keyNameFor, refuseLogin } from '../auth/loopback/login-codes.ts';
import type { LoginRequest } from '../auth/loopback/login-codes.ts';
import type { ServerContext } from '../context.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { isAtLeast } from '../identity/roles.ts';
import { membershipsOf } from '../identity/users.ts';
import type { OrgMembership } from '../identity/users.ts';
import { sendPage } from './send-page.ts';
import { durationWords } from './words.ts';
import { page } from './views.ts';
import type { Notice } from './views.ts';

const config = { access: { page: 'signed-in' } } as const;

interface Question {
  program: string;
  computer: string | null;
  access: LoginRequest['access'];
  /** What the program gets, in words. */
  gets: string;
  choices: { slug: string; role: string; allowed: boolean }[];
  /** Null where there is none that the person could allow it in. */
  selected: string | null;
  /** Where a sign-in as somebody else leads. */
  comeBack: string;
  /** What the form hands on. */
  fields: [string, string | undefined][];
}

const questionView = page<Question>('authorize');
const endView = page<{ code: string | null; seconds: number }>('login-code');

/** The page hands on what it was asked with, and the person's answer. */
const answerSchema = authorizeQuerySchema.omit({ org: true }).extend({
  _csrf: z.string(),
  org: orgSlugSchema.optional(),
  answer: z.enum(['authorize', 'cancel']),
});

/**
 * `/cli/authorize`: a person lets a program on this computer sign in, or on another one (RFC 8252). What is wrong with
 * the query is said on a page; nobody is sent anywhere then.
 */
export function authorizePage(app: ZodApp, context: ServerContext, csrf: preValidationHookHandler): void {
  app.get(
    authorizePath,
    { config, schema: { hide: true, querystring: authorizeQuerySchema } },
    async (request, reply) => {
      requireAccess(context, request.query);
      return sendQuestion(context, request, reply, request.query);
    },
  );

  app.post(
    authorizePath,
    { config, schema: { hide: true, body: answerSchema }, preValidation: csrf },
    async (request, reply) => {
      const { answer, ...asked } = request.body;
      requireAccess(context, asked);
      const { credential } = callerOf(request);
      if (answer === 'cancel') {
        await refuseLogin(context, asked, actorOf(request));
        return (
          answerProgram(reply, asked, { error: 'access_denied' }) ?? sendEnd(context, request, reply, null)
        );
      }
      const membership = await chosenOrganization(context, request, asked);
      const code = await allowLogin(context, asked, membership, credential.id, actorOf(request));
      return answerProgram(reply, asked, { code }) ?? sendEnd(context, request, reply, code);
    },
  );
}

/** @throws ApiError where nothing here would take what the program asks for. */
function requireAccess({ config }: ServerContext, { access }: LoginRequest): void {
  const offered = browserAccessAt(config.dialects);
  if (offered.includes(access)) return;
  const message = `Programs get no ${access} here. Ask with access=${offered.join(' or access=')}.`;
  throw new ApiError('invalid_request', message, { details: { issues: [{ path: 'access', message }] } });
}

/** Sends the browser to the program; null where there is no address for that. */
function answerProgram(
  reply: FastifyReply,
  { redirect_uri: address, state }: LoginRequest,
  answer: Record<string, string>,
): FastifyReply | null {
  if (address === undefined) return null;
  return reply.redirect(`${address}?${new URLSearchParams({ ...answer, state }).toString()}`, 303);
}

/** @throws ApiError where the person may not let programs sign in there. */
async function chosenOrganization(
  { db }: ServerContext,
  request: FastifyRequest,
  { org = '', access }: LoginRequest,
): Promise<OrgMembership> {
  const all = await membershipsOf(db, callerOf(request).principal.id);
  const found = all.find(({ slug }) => slug === org);
  if (found === undefined) throw notFound(org === '' ? 'An organization' : `The organization ${org}`);
  if (isAtLeast(found.role, leastRoleFor(access))) return found;
  throw new ApiError('role_insufficient', `As a ${found.role} of ${org} you cannot make API keys there.`);
}

async function sendQuestion(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: LoginRequest,
): Promise<FastifyReply> {
  const { principal, organization } = callerOf(request);
  const memberships = await membershipsOf(context.db, principal.id);
  const choices = memberships.map(({ slug, role }) => ({
    slug,
    role,
    allowed: isAtLeast(role, leastRoleFor(asked.access)),
  }));
  const allowed = choices.filter((choice) => choice.allowed).map(({ slug }) => slug);
  const selected = [asked.org, organization?.slug, allowed[0]].find((slug) => allowed.includes(slug ?? ''));
  letFormLeadTo(reply, asked);
  return sendPage(context, request, reply, questionView, {
    title: 'Let a program sign in',
    program: printable(asked.client_name),
    computer: asked.device === undefined ? null : printable(asked.device),
    access: asked.access,
    gets: wordsOf(context, asked),
    choices,
    selected: selected ?? null,
    notice: choiceNotice(asked, allowed),
    comeBack: request.url,
    fields: Object.entries(asked).filter(([name]) => name !== 'org'),
  });
}

function wordsOf({ config }: ServerContext, asked: LoginRequest): string {
  switch (asked.access) {
    case 'api-key':
      return `An API key named “${keyNameFor(asked)}”, which lasts until you revoke it`;
    case 'session':
      return 'A session of 12 hours';
    case 'token-pair':
      return `A session that ends when it was not used for ${durationWords(config.artifactKeeper.refreshSeconds)}`;
  }
}

/** The end where the program cannot be answered by the browser: with the code to copy, or without one. */
async function sendEnd(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  code: string | null,
): Promise<FastifyReply> {
  const title = code === null ? 'Nothing was given' : 'Copy this code';
  return sendPage(context, request, reply, endView, { title, code, seconds: loginCodeSeconds });
}

function choiceNotice({ org, access }: LoginRequest, allowed: readonly string[]): Notice | null {
  const deed = access === 'api-key' ? 'make API keys' : 'sign in';
  if (allowed.length === 0) {
    const title = 'You cannot allow this';
    return { tone: 'warning', title, text: `You belong to no organization where you may ${deed}.` };
  }
  if (org === undefined || allowed.includes(org)) return null;
  const text = `The program asks for ${org}, where you may not ${deed}.`;
  return { tone: 'warning', title: 'Choose another organization', text };
}

/**
 * Browsers hold the answer to a form to where its page may send forms (CSP 3, `form-action`). Their policies have no words
 * for an IPv6 address (section 2.3.1, `host-part`), so there the port alone is named.
 */
function letFormLeadTo(reply: FastifyReply, { redirect_uri: address }: LoginRequest): void {
  if (address === undefined) return;
  const { hostname, port } = new URL(address);
  const source = `http://${hostname.startsWith('[') ? '*' : hostname}:${port === '' ? '80' : port}`;
  const policy = String(reply.getHeader('content-security-policy'));
  reply.header(
    'content-security-policy',
    policy.replace("form-action 'self'", `form-action 'self' ${source}`),
  );
}
