import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contextColours } from '../../../../contracts/domain/context-colours.ts';
import { ManualClock } from '../signin/manual-clock.ts';
import { signInParts } from '../signin/sign-in-parts.ts';
import type { SignInParts } from '../signin/sign-in-parts.ts';
import { OddService, userId } from './odd-service.ts';

const start = new Date('2026-11-24T12:00:00.000Z');
let clock: ManualClock;
let service: OddService;
let parts: SignInParts;

beforeEach(async () => {
  clock = new ManualClock(start);
  [service, parts] = await Promise.all([OddService.start(), signInParts(clock)]);
});
afterEach(async () => {
  await Promise.all([service.stop(), parts.dispose()]);
});

describe('adding a context', () => {
  it('keeps what the service said, makes the key and makes the first context the current one', async () => {
    const added = await parts.add({ address: service.host, userId: ` ${userId} `, setUpPodman: true });
    expect(added).toEqual({
      id: added.id,
      name: 'Work',
      colour: 'indigo',
      label: null,
      origin: service.origin,
      host: service.host,
      serviceName: 'Odd',
      userId,
      org: null,
      credential: 'key',
      endsAt: null,
      state: 'pending',
      signIn: { state: 'unknown', since: null, checkedAt: null, seenAt: null },
      current: true,
      hasRegistry: true,
      hasDashboard: true,
      audience: null,
      takesTokens: false,
      capabilities: ['repositories', 'bots'],
      maxTokenTtl: 86_400,
      createdAt: start.toISOString(),
    });
    expect(parts.contexts.list()).toEqual([added]);
    expect(parts.contexts.get(added.id)).toMatchObject({ credential: 'key', setUpPodman: true });
    expect(parts.keys.terms(added.id)).toEqual({ signingAlg: 'Ed25519', maxTokenTtl: 86_400 });
    expect(parts.keys.list(added.id)).toMatchObject([{ label: 'laptop', registeredAt: null }]);
    expect(parts.contexts.dashboardUrl(added.id)).toBe(`${service.origin}/dashboard/keys`);
    expect(parts.logged()).toContain(`context.added | Work | ${service.origin}`);
    expect(parts.logged().some((line) => line.startsWith('key.created | Work'))).toBe(true);
  });

  it.each([
    ['user', 'UPDATE contexts SET user_id = NULL'],
    ['longest life of its tokens', 'DELETE FROM key_terms'],
  ])('finds the vault damaged where a context has no %s', async (_what, statement) => {
    await parts.add({ address: service.host, userId });
    parts.vault.sql().run(statement);
    expect(() => parts.contexts.list()).toThrow(expect.objectContaining({ code: 'vault_damaged' }));
  });

  it('leaves the current context as it is for a second one', async () => {
    const first = await parts.add({ address: service.host, userId });
    const second = await parts.add({ address: service.host, userId: `${userId}2`, name: 'Home' });
    expect(second.current).toBe(false);
    expect(parts.contexts.current()?.id).toBe(first.id);
  });

  it('refuses a name that is taken, in any case', async () => {
    await parts.add({ address: service.host, userId, name: 'Büro' });
    const again = parts.add({ address: service.host, userId: `${userId}2`, name: 'BÜRO' });
    await expect(again).rejects.toMatchObject({ code: 'name_taken' });
  });

  it('keeps which forms of API the service speaks, and what it can do by them', async () => {
    service.description = { dialects: ['kisenon', 'keyhold', 'later'], registry: false };
    const { id, capabilities } = await parts.add({ address: service.host, userId });
    expect(parts.contexts.get(id).dialects).toEqual(['keyhold', 'kisenon']);
    expect(capabilities).toEqual(['bots', 'organizations', 'members', 'api-keys', 'projects', 'accounts']);
  });

  it('takes the same user in another organization for another account', async () => {
    const { id } = await parts.add({ address: service.host, userId });
    parts.vault.sql().run(`UPDATE contexts SET org = 'acme' WHERE id = ?`, id);
    const second = await parts.add({ address: service.host, userId, name: 'Home' });
    expect(parts.contexts.list().map(({ org }) => org)).toEqual(['acme', null]);
    expect(second.userId).toBe(userId);
  });

  it('refuses the same user at the same origin, however the address is written', async () => {
    await parts.add({ address: service.host, userId });
    const again = parts.add({ address: `${service.origin}/dashboard`, userId, name: 'Again' });
    await expect(again).rejects.toMatchObject({ code: 'already_added' });
  });

  it('lets only one of two additions at the same time have the name, and leaves no key of the other', async () => {
    const both = await Promise.allSettled([
      parts.add({ address: service.host, userId }),
      parts.add({ address: service.host, userId: `${userId}2` }),
    ]);
    expect(both).toContainEqual({
      status: 'rejected',
      reason: expect.objectContaining({ code: 'name_taken' }) as Error,
    });
    expect(parts.contexts.list()).toHaveLength(1);
    expect(parts.vault.sql().all('SELECT id FROM keys')).toHaveLength(1);
  });

  it('can be given another user until the service knows its key', async () => {
    const { id } = await parts.add({ address: service.host, userId });
    await parts.add({ address: service.host, userId: `${userId}2`, name: 'Home' });
    const other = `${userId}3`;
    expect(parts.contexts.correctUser(id, ` ${other} `)).toMatchObject({ userId: other, state: 'pending' });
    expect(parts.logged().at(-1)).toContain(`user was “${userId}”`);
    const refused = (typed: string): (() => unknown) => {
      return () => parts.contexts.correctUser(id, typed);
    };
    expect(refused('maya')).toThrow(expect.objectContaining({ code: 'invalid_user_id' }));
    expect(refused(`${userId}2`)).toThrow(expect.objectContaining({ code: 'already_added' }));
    parts.contexts.markActive(id);
    expect(refused(userId)).toThrow(expect.objectContaining({ code: 'not_pending' }));
    expect(parts.contexts.get(id).userId).toBe(other);
  });

  it('leads to the dashboard of the service that was found last, and to no other', async () => {
    expect(() => parts.contexts.additions.foundDashboard()).toThrow(
      expect.objectContaining({ code: 'link_not_allowed' }),
    );
    await parts.contexts.additions.discover(service.host);
    expect(parts.contexts.additions.foundDashboard().origin).toBe(service.origin);
  });

  it.each(['', ' ', 'maya', 'maya@example.com', 'has space', 'u_1;drop', 'x'.repeat(101)])(
    'refuses the user id %j',
    async (wrong) => {
      const adding = parts.add({ address: service.host, userId: wrong });
      await expect(adding).rejects.toMatchObject({ code: 'invalid_user_id' });
    },
  );

  it('refuses a service that takes no keys, or none of our kind', async () => {
    service.description = { methods: ['password'] };
    await expect(parts.add({ address: service.host, userId })).rejects.toMatchObject({
      code: 'sign_in_not_offered',
    });
    service.description = { signing_algs: ['ES256'] };
    await expect(parts.add({ address: service.host, userId })).rejects.toMatchObject({
      code: 'sign_in_not_offered',
    });
    expect(parts.contexts.list()).toEqual([]);
  });

  it('leaves nothing behind when the vault is locked', async () => {
    parts.vault.lock();
    await expect(parts.add({ address: service.host, userId })).rejects.toMatchObject({
      code: 'vault_locked',
    });
    expect(parts.contexts.list()).toEqual([]);
    expect(parts.logged().some((line) => line.startsWith('context.added'))).toBe(false);
  });
});

describe('the contexts', () => {
  async function addThree(): Promise<string[]> {
    const ids: string[] = [];
    for (const name of ['One', 'Two', 'Three']) {
      const user = userId + name.toLowerCase();
      ids.push((await parts.add({ address: service.host, userId: user, name })).id);
      clock.advance(1000);
    }
    return ids;
  }

  it('answer for a host by the first that is registered; never by one that is pending', async () => {
    const [one = '', two = '', three = ''] = await addThree();
    const answering = (): string | undefined => parts.contexts.accounts.of(service.host)?.id;
    expect(answering()).toBeUndefined();
    parts.contexts.markActive(two);
    expect(answering()).toBe(two);
    parts.contexts.markActive(three);
    parts.contexts.markActive(one);
    for (const id of [one, two, three]) {
      parts.contexts.setCurrent(id);
      expect(answering()).toBe(two);
    }
    parts.contexts.useAccount(three);
    expect(answering()).toBe(three);
    expect(parts.contexts.accounts.of('elsewhere.example')).toBeNull();
  });

  it('of a vault from before there were choices answer as they did then', async () => {
    const [one = '', two = ''] = await addThree();
    parts.contexts.markActive(one);
    parts.contexts.markActive(two);
    const sql = parts.vault.sql();
    const afterUnlocking = async (): Promise<string | undefined> => {
      sql.run('DELETE FROM registry_accounts');
      parts.vault.lock();
      await parts.unlock();
      return parts.contexts.accounts.of(service.host)?.id;
    };
    parts.contexts.setCurrent(one);
    expect(await afterUnlocking(), 'the current one').toBe(one);
    sql.run('UPDATE contexts SET is_current = 0');
    expect(await afterUnlocking(), 'else the newest').toBe(two);
  });

  it('have one current among them, and tell when that changes', async () => {
    const [, two = ''] = await addThree();
    let told = 0;
    const stop = parts.contexts.onChange(() => (told += 1));
    parts.contexts.setCurrent(two);
    stop();
    parts.contexts.setCurrent(two);
    expect(told).toBe(1);
    expect(parts.contexts.list().map(({ current }) => current)).toEqual([false, true, false]);
  });

  it('lose key and place when removed; the newest active one becomes the current one', async () => {
    const [one = '', two = '', three = ''] = await addThree();
    parts.contexts.markActive(two);
    parts.contexts.remove(one);
    expect(parts.contexts.current()?.id).toBe(two);
    expect(parts.keys.list(one)).toEqual([]);
    expect(parts.logged().at(-1)).toBe(`context.removed | One | ${service.origin}`);
    parts.contexts.remove(two);
    expect(parts.contexts.current()?.id).toBe(three);
    parts.contexts.remove(three);
    expect(parts.contexts.current()).toBeNull();
    expect(parts.vault.sql().all('SELECT id FROM keys')).toEqual([]);
  });

  it('keep the current one when another is removed', async () => {
    const [one = '', , three = ''] = await addThree();
    parts.contexts.markActive(three);
    parts.contexts.remove(three);
    expect(parts.contexts.current()?.id).toBe(one);
  });

  it('refuse an id that is not theirs', async () => {
    const stray = '00000000-0000-4000-8000-000000000000';
    for (const deed of ['get', 'setCurrent', 'remove', 'markActive', 'dashboardUrl'] as const) {
      expect(() => parts.contexts[deed](stray)).toThrow(
        expect.objectContaining({ code: 'context_not_found' }),
      );
    }
    await expect(parts.contexts.status(stray)).rejects.toMatchObject({ code: 'context_not_found' });
  });

  it('have no dashboard to open where the service has none', async () => {
    service.description = { dashboard_url: undefined };
    const { id, hasDashboard } = await parts.add({ address: service.host, userId });
    expect(hasDashboard).toBe(false);
    expect(() => parts.contexts.dashboardUrl(id)).toThrow(
      expect.objectContaining({ code: 'link_not_allowed' }),
    );
  });
});

describe('the look of a context', () => {
  it('is a name, a colour and a label, and leaves everything else', async () => {
    const before = await parts.add({ address: service.host, userId });
    const look = { name: 'Production', colour: 'red', label: 'prod' } as const;
    expect(parts.contexts.edit(before.id, look)).toEqual({ ...before, ...look });
    expect(parts.contexts.list()).toEqual([{ ...before, ...look }]);
    expect(parts.logged().at(-1)).toBe('context.edited | Production | was “Work”, label prod');
    expect(parts.contexts.edit(before.id, { ...look, label: null }).label).toBeNull();
    expect(parts.logged().at(-1)).toBe('context.edited | Production | label removed');
  });

  it('may keep its own name in another case, but takes no other’s', async () => {
    const work = await parts.add({ address: service.host, userId });
    await parts.add({ address: service.host, userId: `${userId}2`, name: 'Home' });
    const edit = (name: string): unknown =>
      parts.contexts.edit(work.id, { name, colour: 'blue', label: null });
    expect(() => edit('HOME')).toThrow(expect.objectContaining({ code: 'name_taken' }));
    expect(parts.contexts.get(work.id).name).toBe('Work');
    expect(edit('WORK')).toMatchObject({ name: 'WORK' });
  });

  it('has a colour from the start: another one for each, as long as there are more', async () => {
    for (let number = 0; number < contextColours.length + 1; number += 1) {
      await parts.add({
        address: service.host,
        userId: userId + 'abcdefghijklmnopqrstuvwxyz'.charAt(number),
        name: `No ${String(number)}`,
      });
    }
    const colours = parts.contexts.list().map(({ colour }) => colour);
    expect(colours).toEqual([...contextColours, contextColours[0]]);
  });

  it('of a context from before there were colours is always the same, whatever its name', async () => {
    const { id } = await parts.add({ address: service.host, userId });
    parts.vault.sql().run('UPDATE contexts SET colour = NULL');
    const { colour } = parts.contexts.get(id);
    expect(contextColours).toContain(colour);
    parts.vault.sql().run(`UPDATE contexts SET name = 'Other'`);
    expect(parts.contexts.get(id).colour).toBe(colour);
  });
});
