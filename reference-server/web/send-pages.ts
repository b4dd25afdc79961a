import type { FastifyReply, FastifyRequest } from 'fastify';
import { allProviders } from '../config/provider.ts';
import type { ServerContext } from '../context.ts';
import { listKeys } from '../identity/keys.ts';
import { redirectWith } from './done-notice.ts';
import { draftFor, draftNotice, isDraft, keepDraft, noDraft, readDraft, typedName } from './draft.ts';
import type { Draft } from './draft.ts';
import { isKeeperPage, keeperPagePath } from './keeper-pages.ts';
import { keysPagePath, keysView, toKeyRow } from './keys-view.ts';
import { passwordPagePath } from './password-page.ts';
import { pendingPagePath } from './pending-page.ts';
import { pageOfForm } from './return-to.ts';
import { sendPageTo } from './send-page.ts';
import { page } from './views.ts';
import type { Notice } from './views.ts';
import { browserCaller } from './web-session.ts';

interface LoginData {
  notice: Notice | null;
  username: string;
  /** The page that the sign-in leads to. */
  returnTo: string;
}

/** The providers that people sign in with, beside a password. */
interface Providers {
  providers: { id: string; name: string }[];
}

const loginView = page<LoginData & Providers>('login');

/** Answers with the sign-in page. */
export async function sendLogin(
  context: ServerContext,
  reply: FastifyReply,
  data: LoginData,
): Promise<FastifyReply> {
  return sendPageTo(context, reply, { user: null, org: null }, loginView, {
    title: 'Sign in',
    providers: allProviders(context.config).map(({ id, name }) => ({ id, name })),
    ...data,
  });
}

/**
 * Answers with the page of a user's keys. `tokenRefused` marks the field of the token as wrong.
 *
 * @param viewer - Whose keys they are, and the organization that they are in.
 */
export async function sendKeys(
  context: ServerContext,
  reply: FastifyReply,
  { id, org }: { id: string; org: string | null },
  data: { notice: Notice | null; draft: Draft; tokenRefused: boolean },
): Promise<FastifyReply> {
  const keys = await listKeys(context.db, { id });
  return sendPageTo(context, reply, { user: id, org }, keysView, {
    title: 'Public keys',
    userId: id,
    keys: keys.map((key) => toKeyRow(key, context.now())),
    ...data,
  });
}

/** The answer to a form whose session has ended: the sign-in, with what was in the form. */
export async function sendSignInAgain(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const draft = keepDraft(context, reply, readDraft(request));
  const notice = draftNotice('You were signed out', draft, false);
  // The address of a form need not be that of a page.
  const returnTo = isDraft(draft) ? keysPagePath : pageOfForm(context, request);
  return sendLogin(context, reply.code(401), { notice, username: '', returnTo });
}

/** The answer to a form of our own whose CSRF token is not, or no longer, good: the page anew, with what was in it. */
export async function sendPageAnew(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (isKeeperPage(request.url)) return redirectWith(context, reply, keeperPagePath, tooOld);
  const caller = await browserCaller(context, request);
  if (caller?.approved === false) return reply.redirect(pendingPagePath, 303);
  if (caller?.mustChangePassword === true) return reply.redirect(passwordPagePath, 303);
  const user = caller?.principal ?? null;
  const typed = readDraft(request);
  const draft = user === null ? keepDraft(context, reply, typed) : draftFor(user, typed);
  const notice = draftNotice('That page was too old', draft, user !== null);
  if (user === null) {
    const returnTo = isDraft(draft) ? keysPagePath : pageOfForm(context, request);
    return sendLogin(context, reply.code(403), { notice, username: typedName(request), returnTo });
  }
  const from = pageOfForm(context, request);
  if (draft === noDraft && from !== keysPagePath) {
    return redirectWith(context, reply, from, tooOld);
  }
  const viewer = { id: user.id, org: caller?.organization?.slug ?? null };
  return sendKeys(context, reply.code(403), viewer, { notice, draft, tokenRefused: false });
}

const tooOld = {
  tone: 'error',
  title: 'That page was too old',
  text: 'Nothing was done. Please try again.',
} as const;
