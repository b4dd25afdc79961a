import { expect, it } from 'vitest';
import { verifyAudit } from '../../../reference-server/audit/audit-log.ts';
import { startLocalServer } from '../../support/local-server.ts';
import { call } from '../../support/server-client.ts';

it('what a stranger types never breaks the audit chain', async () => {
  const server = await startLocalServer();
  for (const username of ['nul\0nul', 'half \ud800', `${'x'.repeat(299)}\u{1f511}`]) {
    const { status } = await call(server, '/v1/auth/login', { body: { username, password: 'wrong' } });
    expect(status).toBeLessThan(500);
  }
  expect(await verifyAudit(server.context.db)).toMatchObject({ valid: true });
  await server.stop();
});
