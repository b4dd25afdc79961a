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
