import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decideAccount } from '../../reference-server/auth/account-decisions.ts';
import { kisenonSettings } from '../../reference-server/config/kisenon.ts';
import { problemsInBothSchemes } from '../support/accessibility.ts';
import { newWaitingUser } from '../support/waiting-users.ts';
import type { WaitingUser } from '../support/waiting-users.ts';
import { openWeb } from '../support/web.ts';
import type { Web } from '../support/web.ts';

let web: Web;
beforeAll(async () => {
  const operators = ['maya@acme.example', 'jonas@acme.example'];
  web = await openWeb({ kisenon: kisenonSettings({ operators }) });
});
afterAll(() => web.stop());
beforeEach(() => web.reset());

const rowOf = ({ email }: WaitingUser) => web.page.getByRole('row').filter({ hasText: email });

async function decide(user: WaitingUser, deed: 'Approve' | 'Deny', note: string): Promise<void> {
  await rowOf(user).getByRole('button', { name: deed }).first().click();
  const dialog = web.page.getByRole('dialog');
  await dialog.getByLabel('Note').fill(note);
  await dialog.getByRole('button', { name: deed }).click();
}

async function standing({ id }: WaitingUser) {
  return web.server.context.db
    .selectFrom('users')
    .leftJoin('account_decisions', 'account_decisions.user_id', 'users.id')
    .select(['status', 'note', 'decided_by'])
    .where('users.id', '=', id)
    .executeTakeFirstOrThrow();
}

describe('the page of accounts', () => {
  it('is where an operator approves and denies, with a note', async () => {
    const [wanted, unwanted] = [await newWaitingUser(web.server), await newWaitingUser(web.server)];
    await web.as('maya');
    await web.open('/operator');
    await decide(wanted, 'Approve', 'Welcome');
    expect(await web.notice()).toContain('The account is approved');
    expect(await rowOf(wanted).getByRole('button', { name: 'Approve' }).count()).toBe(0);
    await decide(unwanted, 'Deny', '<b>Ask again</b>');
    expect(await web.notice()).toContain('The account is denied');
    const decided_by = web.server.user('maya').id;
    expect(await standing(wanted)).toEqual({ status: 'active', note: 'Welcome', decided_by });
    expect(await standing(unwanted)).toEqual({ status: 'disabled', note: '<b>Ask again</b>', decided_by });
    await rowOf(unwanted).getByRole('button', { name: 'Undo' }).first().click();
    expect(await problemsInBothSchemes(web.page)).toEqual([]);
    await web.page.getByRole('dialog').getByRole('button', { name: 'Undo' }).click();
    expect(await web.notice()).toContain('The account waits again');
    expect(await standing(unwanted)).toEqual({ status: 'pending', note: null, decided_by: null });
    await decide(unwanted, 'Approve', '');
    expect(await standing(unwanted)).toMatchObject({ status: 'active' });
    expect(web.complaints).toEqual([]);
  });

  it('shows who comes to wait, and who waits no more, without reloading', async () => {
    await web.as('maya');
    // Somebody comes after the page and before its stream of events.
    let goOn = (): void => undefined;
    const come = new Promise<void>((resolve) => (goOn = resolve));
    await web.page.route('**/operator/events', async (route) => {
      await come;
      await route.continue();
    });
    await web.open('/operator');
    const user = await newWaitingUser(web.server);
    goOn();
    await rowOf(user).waitFor();
    await web.page.unroute('**/operator/events');
    // Whoever is there by the keyboard stays there.
    const deny = rowOf(user).getByRole('button', { name: 'Deny' });
    await deny.focus();
    await rowOf(await newWaitingUser(web.server)).waitFor();
    expect(await deny.evaluate((each) => each === document.activeElement)).toBe(true);
    await web.page.getByRole('searchbox').fill('nobody of that name');
    await web.page.getByText('Nobody found').waitFor();
    await web.page.getByRole('searchbox').fill(user.email.toUpperCase());
    await rowOf(user).waitFor();
    await web.server.context.write({}, (tx) =>
      tx.updateTable('users').set({ status: 'active' }).where('id', '=', user.id).execute(),
    );
    await rowOf(user).waitFor({ state: 'detached' });
    // A question that is open stays, whatever others decide meanwhile.
    await web.open('/operator');
    const [asked, other] = [await newWaitingUser(web.server), await newWaitingUser(web.server)];
    await rowOf(other).waitFor();
    await decide(asked, 'Approve', '');
    await rowOf(asked).getByRole('button', { name: 'Undo' }).first().click();
    const follows = web.page.evaluate(async () => {
      const events = new EventSource('/operator/events');
      const next = (what: string) =>
        new Promise((done) => events.addEventListener(what, done, { once: true }));
      const heard = next('message');
      await next('open');
      document.body.dataset['follows'] = 'yes';
      await heard;
      // As long as the page's own look would take.
      await fetch('/operator').then((answer) => answer.text());
      events.close();
    });
    await web.page.locator('body[data-follows]').waitFor();
    await decideAccount(web.server.context, other.id, 'approved', '', { id: other.id, name: 'other' });
    await follows;
    await web.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await rowOf(other).getByRole('button', { name: 'Undo' }).first().waitFor();
    expect(await standing(asked)).toMatchObject({ status: 'active' });
    expect(web.complaints).toEqual([]);
  });

  it('tells the second of two operators what the first one decided', async () => {
    const user = await newWaitingUser(web.server);
    await web.as('jonas');
    await web.open('/operator');
    const csrf = await web.csrf();
    await web.as('maya');
    await web.open('/operator');
    await decide(user, 'Approve', '');
    await web.as('jonas');
    expect(await web.post(`/operator/${user.id}/deny`, { _csrf: csrf, note: '' })).toBe(409);
    const late = await web.context.request.post(`${web.server.origin}/operator/${user.id}/deny`, {
      form: { _csrf: csrf, note: '' },
      headers: { origin: web.server.origin },
    });
    expect(await late.text()).toContain(`maya has already approved the account ${user.username}.`);
    expect(await standing(user)).toMatchObject({ status: 'active' });
  });

  it('keeps a note that is too long, and decides nothing', async () => {
    const user = await newWaitingUser(web.server);
    await web.as('maya');
    await web.open('/operator');
    const form = { _csrf: await web.csrf(), note: 'n'.repeat(501) };
    expect(await web.post(`/operator/${user.id}/deny`, form)).toBe(400);
    expect(await standing(user)).toMatchObject({ status: 'pending', note: null });
  });

  it('is closed to everybody else, and to an operator who waits', async () => {
    const user = await newWaitingUser(web.server);
    await web.as('maya');
    await web.open('/operator');
    const csrf = await web.csrf();
    await web.context.clearCookies({ name: /session/ });
    await web.as('priya');
    expect(await web.open('/operator')).toBe(403);
    expect(await web.page.getByRole('main').innerText()).not.toContain(user.email);
    expect(await web.post(`/operator/${user.id}/approve`, { _csrf: csrf, note: '' })).toBe(403);
    const setStatus = (status: 'active' | 'pending') =>
      web.server.context.write({}, (tx) =>
        tx.updateTable('users').set({ status }).where('username', '=', 'jonas').execute(),
      );
    await web.as('jonas');
    await setStatus('pending');
    await web.open('/operator');
    expect(new URL(web.page.url()).pathname).toBe('/pending');
    expect(await web.post(`/operator/${user.id}/approve`, { _csrf: csrf, note: '' })).toBe(303);
    expect(await standing(user)).toMatchObject({ status: 'pending', note: null });
    await setStatus('active');
  });
});
