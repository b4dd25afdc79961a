import { errorCodes } from 'fastify';
import type { FastifyInstance } from 'fastify';

/**
 * Bodies are JSON. A content type alone makes no body: many clients name one with every request, also where nothing is
 * sent and nothing needed.
 */
export function takeJsonBodies(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null);
    else void parseJson(request, String(body), done);
  });
  takeOtherTypesWithoutBody(app);
}

/** Of a type that nothing else here takes, only a body without a byte is taken. */
export function takeOtherTypesWithoutBody(app: FastifyInstance): void {
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0 || request.is404) done(null);
    else done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE());
  });
}
