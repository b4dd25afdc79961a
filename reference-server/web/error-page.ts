import type { FastifyReply, FastifyRequest } from 'fastify';
import { artifactKeeperPrefix } from '../../contracts/server-api/artifact-keeper/session.ts';
import type { ServerContext } from '../context.ts';
import type { ApiError } from '../http/api-error.ts';
import { plainFrame } from './send-page.ts';
import { page } from './views.ts';

const errorPage = page<{ status: number; text: string }>('error');

const titles: Record<number, string> = {
  400: 'That did not work',
  403: 'That was refused',
  404: 'Page not found',
  405: 'That was refused',
  413: 'That is too long',
  429: 'Too many tries',
};

/** Whether the client is a browser that shows pages, not a program that reads JSON. */
export function wantsHtml(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/html') ?? false;
}

/** Whether what a request is about is an address of Artifact Keeper's API, and nobody looks at the answer. */
export function isOfProgram(request: FastifyRequest): boolean {
  return request.url.startsWith(`${artifactKeeperPrefix}/`) && !wantsHtml(request);
}

/** Answers with a page that says what happened and what to do. */
export function sendErrorPage(context: ServerContext, reply: FastifyReply, error: ApiError): FastifyReply {
  const html = errorPage.render(plainFrame(context, ''), {
    title: titles[error.status] ?? 'Something went wrong',
    status: error.status,
    text: error.message,
  });
  return reply.code(error.status).type('text/html; charset=utf-8').send(html);
}
