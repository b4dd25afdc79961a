import type { FastifyPluginCallback } from 'fastify';
import { ApiError } from '../http/api-error.ts';
import { entityTag, evaluateConditions } from '../http/preconditions.ts';
import { assets } from './assets.ts';

/** Style, icons, scripts and fonts of the pages. */
export const assetRoutes: FastifyPluginCallback = (app, _options, done) => {
  for (const { name, type, content, version } of assets) {
    const tag = entityTag(version);
    app.get(`/assets/${name}`, { config: { access: 'public' }, schema: { hide: true } }, (request, reply) => {
      reply.header('etag', tag).header('cache-control', 'public, max-age=3600');
      switch (evaluateConditions(request, tag)) {
        case 'not-modified':
          return reply.code(304).send();
        case 'failed':
          throw new ApiError('precondition_failed', 'This file is not the one that If-Match asks for.');
        case 'fulfilled':
          return reply.type(type).send(content);
      }
    });
  }
  done();
};
