import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { FastifyInstance } from 'fastify';
import { keeperErrorSchema } from '../../../contracts/server-api/tkeeper/errors.ts';
import { ApiError } from '../../http/api-error.ts';
import { KeeperError } from '../../http/keeper-error.ts';
import { toApiError } from '../../http/to-api-error.ts';

/** Every route's answers to refused and failed requests. */
export const errorResponses = { '4xx': keeperErrorSchema, '5xx': keeperErrorSchema } as const;

/** Any error of a request to the keeper in its form; what is not expected tells nothing. */
export function toKeeperError(error: unknown): KeeperError {
  if (error instanceof KeeperError) return error;
  const { status, message } = toApiError(error);
  if (status >= 500) return new KeeperError('INTERNAL_ERROR', message);
  if (hasZodFastifySchemaValidationErrors(error) && error.validationContext === 'querystring') {
    return new KeeperError('INVALID_QUERY_PARAMETER', message);
  }
  const isRefusal = error instanceof ApiError && status === 403;
  return isRefusal
    ? new KeeperError('ACCESS_DENIED', message)
    : new KeeperError('INVALID_REQUEST_BODY', message, status);
}

/** Has the routes of a plugin answer errors in that form. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const keeperError = toKeeperError(error);
    if (keeperError.status >= 500 && !(error instanceof KeeperError)) {
      request.log.error({ err: error }, 'request failed');
    }
    if (keeperError.status === 401) reply.header('www-authenticate', 'TKeeper realm="keeper"');
    return reply.code(keeperError.status).send(keeperError.toBody());
  });
}
