import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import { KeeperError } from '../http/keeper-error.ts';
import { redirectWith } from './done-notice.ts';
import { sendPage } from './send-page.ts';
import { page } from './views.ts';
import type { Notice } from './views.ts';

export const keeperPagePath = '/ui';

/** Whether an address is that of one of the keeper's pages, or of a form on them. */
export function isKeeperPage(url: string): boolean {
  return url === keeperPagePath || url.startsWith(`${keeperPagePath}/`);
}

/** The keeper knows its own people: whoever is signed in to the server is nobody here. */
export const keeperPageConfig = {
  access: { page: 'anybody', pending: true, beforePassword: true },
} as const;

interface SignInData {
  by: 'jwt' | 'dev' | null;
  /** Host of where people sign in; null where they do so here, by a token. */
  provider: string | null;
  warnings: readonly string[];
}

const view = page<SignInData>('keeper-sign-in');

/** Answers with the sign-in to the keeper. */
export function sendKeeperSignIn(
  context: ServerContext,
  warnings: readonly string[],
  request: FastifyRequest,
  reply: FastifyReply,
  notice: Notice | null = null,
): Promise<FastifyReply> {
  const { auth } = context.config.keeper;
  const oidc = auth?.type === 'jwt' ? auth.oidc : null;
  const by = auth?.type ?? null;
  const provider = oidc && new URL(oidc.discoveryUrl).host;
  const data = { title: 'Sign in to the keeper', by, provider, warnings, notice };
  return sendPage(context, request, reply, view, data);
}

const whyEnded = 'Its token counts no more, or the server was started anew. Please sign in again.';

/** To who looks at the page after their session. */
export const sessionEnded: Notice = { tone: 'info', title: 'Your session has ended', text: whyEnded };

/** To who sends a form after their session. */
export function refuseEnded(context: ServerContext, reply: FastifyReply): FastifyReply {
  const title = 'Nothing was done: your session has ended';
  return redirectWith(context, reply, keeperPagePath, { tone: 'error', title, text: whyEnded });
}

/** Back to the page, which says why. @throws what is no refusal */
export function refuse(
  context: ServerContext,
  reply: FastifyReply,
  error: unknown,
  title: string,
): FastifyReply {
  if (!(error instanceof KeeperError)) throw error;
  const text = error.details ?? error.code;
  return redirectWith(context, reply, keeperPagePath, { tone: 'error', title, text });
}
