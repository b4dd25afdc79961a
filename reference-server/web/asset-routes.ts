import type { FastifyPluginAsync } from 'fastify';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApiError } from '../http/api-error.ts';
import { entityTag, evaluateConditions } from '../http/preconditions.ts';

const ownFolder = join(import.meta.dirname, 'assets');
const fontFolder = join(
  dirname(fileURLToPath(import.meta.resolve('@fontsource-variable/inter/package.json'))),
  'files',
);

/** Style, icon and script of the pages, and their font, each under its own name. */
const assets = [
  { name: 'style.css', type: 'text/css; charset=utf-8', file: join(ownFolder, 'style.css') },
  { name: 'copy.js', type: 'text/javascript; charset=utf-8', file: join(ownFolder, 'copy.js') },
  { name: 'icon.svg', type: 'image/svg+xml', file: join(ownFolder, 'icon.svg') },
  { name: 'inter.woff2', type: 'font/woff2', file: join(fontFolder, 'inter-latin-wght-normal.woff2') },
];

/** The files of the pages, which are small and held in memory. */
export const assetRoutes: FastifyPluginAsync = async (app) => {
  for (const { name, type, file } of assets) {
    const content = await readFile(file);
    const tag = entityTag(createHash('sha256').update(content).digest('base64url'));
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
};
