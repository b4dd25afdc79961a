import type { FastifyReply } from 'fastify';
import { entityTag, evaluateConditions } from '../http/preconditions.ts';
import type { Conditional } from '../http/preconditions.ts';
import { DistributionError } from '../http/distribution-error.ts';

/**
 * Whether the client has already what it asks for. Whatever else would refuse the request is asked before.
 *
 * @param digest - Of the content that the request is about; null when there is none.
 * @throws DistributionError 412 where the request was only for another content.
 */
export function isUnmodified(request: Conditional, digest: string | null): boolean {
  const tag = digest === null ? null : entityTag(digest);
  const outcome = evaluateConditions(request, tag);
  if (outcome !== 'failed') return outcome === 'not-modified';
  const message =
    'What is there is not what If-Match or If-None-Match asks for: it was changed, removed or made meanwhile.';
  throw new DistributionError(412, 'DENIED', message, { headers: tag === null ? {} : { etag: tag } });
}

/**
 * Lets a request change something only where its conditions are fulfilled.
 *
 * @param digest - Of what is there, as the transaction of the change sees it; null when there is nothing.
 * @throws DistributionError 412
 */
export function requireConditions(request: Conditional, digest: string | null): void {
  isUnmodified(request, digest);
}

/** The answer to a client that has the content; it says no more than which. */
export function sendUnmodified(reply: FastifyReply, digest: string): FastifyReply {
  return reply.code(304).header('etag', entityTag(digest)).header('docker-content-digest', digest).send();
}
