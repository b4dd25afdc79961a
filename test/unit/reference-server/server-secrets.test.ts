import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadServerSecrets } from '../../../reference-server/auth/server-secrets.ts';
import { ConfigError } from '../../../reference-server/config/config-error.ts';
import { newTestContext } from '../../support/server-context.ts';
import type { TestContext } from '../../support/server-context.ts';

let context: TestContext;
beforeEach(async () => {
  context = await newTestContext();
});
afterEach(() => context.db.destroy());

it('the server keeps the key it made', async () => {
  const made = await loadServerSecrets(context);
  expect(made.registryTokenKey).toHaveLength(32);
  const kept = await loadServerSecrets(context);
  expect(Buffer.from(kept.registryTokenKey)).toEqual(Buffer.from(made.registryTokenKey));
});

it.each(['', 'AAAA', 'A'.repeat(42), 'A'.repeat(60), 'not base64 at all !'])(
  'a key that is not whole (%j) ends the start',
  async (value) => {
    await loadServerSecrets(context);
    await context.db.updateTable('server_secrets').set({ value }).execute();
    await expect(loadServerSecrets(context)).rejects.toThrow(ConfigError);
  },
);
