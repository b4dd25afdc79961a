import { BlockList } from 'node:net';
import { describe, expect, it } from 'vitest';
import { makeFirstAdministrator } from '../../../reference-server/auth/first-administrator.ts';
import { ConfigError } from '../../../reference-server/config/config-error.ts';
import { cheapHash, seedCheaply } from '../../support/demo-seed.ts';
import { newTestContext } from '../../support/server-context.ts';
import type { TestContext } from '../../support/server-context.ts';

/** An empty server at an address, which its clients know by that origin. */
async function at(host: string, origin: string): Promise<TestContext> {
  const context = await newTestContext();
  return { ...context, config: { ...context.config, host }, origin: () => origin };
}
const here = () => at('127.0.0.1', 'http://127.0.0.1:8970');

async function isMade(context: TestContext): Promise<boolean> {
  const made = await makeFirstAdministrator(context);
  await context.db.destroy();
  return made;
}

describe('the first administrator', () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:8970', true],
    ['127.0.0.2', 'http://localhost:8970', true],
    ['::1', 'http://[::1]:8970', true],
    ['localhost', 'https://localhost', true],
    ['127.0.0.1', 'https://keyhold.example', false],
    ['0.0.0.0', 'http://127.0.0.1:8970', false],
    ['::', 'http://[::1]:8970', false],
    ['10.0.0.1', 'https://10.0.0.1', false],
    ['localhost.example', 'http://127.0.0.1:8970', false],
    ['127.0.0.1', 'https://localhost.example', false],
  ])('on %s, known as %s: %s', async (host, origin, made) => {
    expect(await isMade(await at(host, origin))).toBe(made);
  });

  it('is none behind a proxy, which others reach it by', async () => {
    const context = await here();
    const trustedProxies = new BlockList();
    trustedProxies.addAddress('127.0.0.1');
    expect(await isMade({ ...context, config: { ...context.config, trustedProxies } })).toBe(false);
  });

  it('goes to no server that others reach before the password is another one', async () => {
    const context = await here();
    await makeFirstAdministrator(context);
    const elsewhere = { ...context, origin: () => 'https://keyhold.example' };
    await expect(makeFirstAdministrator(elsewhere)).rejects.toThrow(ConfigError);
    expect(await makeFirstAdministrator(context)).toBe(false);
    const changed = {
      password_hash: await cheapHash('plum anchor velvet'),
      must_change_password: 0,
    } as const;
    await context.write({}, (tx) => tx.updateTable('users').set(changed).execute());
    expect(await isMade(elsewhere)).toBe(false);
  });

  it('is none where the password could not be changed', async () => {
    const context = await here();
    const dialects = ['keyhold', 'kisenon'] as const;
    expect(await isMade({ ...context, config: { ...context.config, dialects } })).toBe(false);
  });

  it.each<[string, (context: TestContext) => Promise<unknown>, boolean]>([
    ['a wrong password was tried', failToSignIn, true],
    ['somebody is there', (context) => seedCheaply(context), false],
    ['somebody was there', (context) => seedCheaply(context).then(() => forget(context)), false],
    [
      'it was made and deleted',
      (context) => makeFirstAdministrator(context).then(() => forget(context)),
      false,
    ],
    ['somebody did something', actAs, false],
  ])('after %s: %s', async (_, before, made) => {
    const context = await here();
    await before(context);
    expect(await isMade(context)).toBe(made);
  });
});

async function failToSignIn({ write }: TestContext): Promise<void> {
  await write({ ip: '127.0.0.1' }, (_, audit) => {
    audit({ action: 'auth.sign_in', outcome: 'failure', target: 'admin' });
  });
}

async function actAs({ write }: TestContext): Promise<void> {
  await write({ id: 'u_gone', name: 'gone' }, (_, audit) => {
    audit({ action: 'auth.sign_in', outcome: 'success', target: 'gone' });
  });
}

/** Takes every user out of the database by hand. */
async function forget({ db }: TestContext): Promise<void> {
  await db.deleteFrom('principals').execute();
}
