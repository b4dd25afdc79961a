import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync } from 'fastify';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const fontFolder = join(
  dirname(fileURLToPath(import.meta.resolve('@fontsource-variable/inter/package.json'))),
  'files',
);
const fontFile = 'inter-latin-wght-normal.woff2';

/** Style, icon and script of the pages, and their font, each under its own name. */
export const assetRoutes: FastifyPluginAsync = async (app) => {
  await app.register(fastifyStatic, {
    root: join(import.meta.dirname, 'assets'),
    serve: false,
    maxAge: '1h',
  });
  for (const name of ['style.css', 'copy.js', 'icon.svg']) {
    app.get(`/assets/${name}`, { schema: { hide: true } }, (_request, reply) => reply.sendFile(name));
  }
  app.get('/assets/inter.woff2', { schema: { hide: true } }, (_request, reply) =>
    reply.sendFile(fontFile, fontFolder),
  );
};
