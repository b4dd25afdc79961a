import { errorCodes } from 'fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';

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

/** Takes an empty body of any other type. One that announces bytes is refused at once. */
export function takeOtherTypesWithoutBody(app: FastifyInstance): void {
  app.addContentTypeParser('*', async (request: FastifyRequest, body: IncomingMessage) => {
    if (Number(request.headers['content-length'] ?? 0) > 0)
      throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE();
    // The connection stays for the answer.
    const { done } = await body.iterator({ destroyOnReturn: false }).next();
    if (done !== true) throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE();
  });
}
