import Fastify from 'fastify';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { loggerOptions } from '../../../reference-server/log.ts';
import { newTestContext } from '../../support/server-context.ts';

it('the log blanks credentials in whatever object a log call is given', async () => {
  const { config } = await newTestContext();
  const stream = new PassThrough();
  const app = Fastify({ logger: { ...loggerOptions({ ...config, logLevel: 'info' }), stream } });
  const secret = 'khs_do-not-log-me';
  app.log.info({ token: secret, registration_token: secret }, 'flat');
  app.log.info(
    { headers: { authorization: secret, cookie: secret, 'set-cookie': secret } },
    'one level down',
  );
  app.log.info({ request: { body: { password: secret, secret, _csrf: secret } } }, 'two levels down');
  const text = String(stream.read());
  expect(text).toContain('two levels down');
  expect(text).not.toContain(secret);
});

it('the log does not have the secret end of an invitation’s link', async () => {
  const { config } = await newTestContext();
  const stream = new PassThrough();
  const app = Fastify({ logger: { ...loggerOptions({ ...config, logLevel: 'info' }), stream } });
  for (const url of ['/v1/invitations/:token/accept', '/invitations/:token']) app.get(url, () => 'there');
  const token = 'do-not-log-me'.padEnd(43, 'x');
  for (const path of [`/v1/invitations/${token}/accept`, `/invitations/${token}?from=mail`]) {
    await app.inject(path);
  }
  const text = String(stream.read());
  expect(text).toContain('/v1/invitations/…/accept');
  expect(text).toContain('"/invitations/…"');
  expect(text).not.toContain('do-not-log-me');
});
