import type { FastifyInstance } from 'fastify';
import { artifactKeeperErrorSchema } from '../../../contracts/server-api/artifact-keeper/errors.ts';
import type { ArtifactKeeperError } from '../../../contracts/server-api/artifact-keeper/errors.ts';
import type { ApiError } from '../../http/api-error.ts';
import { toApiError } from '../../http/to-api-error.ts';

/** Every route's answers to refused and failed requests. */
export const errorResponses = { '4xx': artifactKeeperErrorSchema, '5xx': artifactKeeperErrorSchema } as const;

const codes: Readonly<Record<number, string>> = {
  400: 'VALIDATION_ERROR',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  428: 'PASSWORD_CHANGE_REQUIRED',
  429: 'RATE_LIMITED',
  502: 'SERVICE_UNAVAILABLE',
};

/** An error in the form of this API. */
export function toArtifactKeeperError({ status, code, message }: ApiError): ArtifactKeeperError {
  if (code === 'invalid_credentials') return { code: 'AUTH_ERROR', message };
  return { code: codes[status] ?? 'INTERNAL_ERROR', message };
}

/** Has the routes of a plugin answer errors in that form. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const apiError = toApiError(error);
    if (apiError.status >= 500) request.log.error({ err: error }, 'request failed');
    if (apiError.status === 401) reply.header('www-authenticate', 'Bearer realm="artifact-keeper"');
    if (apiError.retryAfterSeconds !== undefined) reply.header('retry-after', apiError.retryAfterSeconds);
    return reply.code(apiError.status).send(toArtifactKeeperError(apiError));
  });
}
