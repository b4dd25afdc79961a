import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { errorText } from '../../renderer/lib/error-text.ts';
import { clockTime } from '../../renderer/lib/format.ts';
import {
  sampleCard,
  sampleContext,
  sampleKey,
  sampleWait,
  timeFromNow,
  tokenText,
} from '../support/samples.ts';
import type { World } from '../support/world.ts';
import { fill, openWindow, passTime, type OpenWindow } from './open-window.tsx';

async function openRegistration(facts: Partial<World> = {}): Promise<OpenWindow> {
  const opened = openWindow({ contexts: [sampleContext({ state: 'pending' })], ...facts });
  await screen.findByRole('heading', { level: 1, name: /^(Register key|Key registered)$/ });
  return opened;
}

const button = (name: string): HTMLElement => screen.getByRole('button', { name });

describe('registration token', () => {
  it('says in words what it proves, for whom and until when', async () => {
    const card = sampleCard();
    await openRegistration({ card });
    const proof = (await screen.findByText(/^Proves that you hold key/)).textContent;
    expect(proof).toContain('SHA256:9Jq2b1…6UvM (This computer), for user u_42');
    expect(proof).toContain(`until ${clockTime(card.expiresAt, Date.now())}.`);
    expect(screen.getByText(sampleKey().kid)).toBeDefined();
  });

  it('counts down and, once expired, is renewed on request', async () => {
    const { user, requests } = await openRegistration({ card: sampleCard({ expiresAt: timeFromNow(300) }) });
    await screen.findByText(/^expires in (5:00|4:59)$/);
    passTime(100);
    await screen.findByText(/^expires in 3:(20|19|18)$/);
    passTime(250);
    await screen.findByText('The token has expired');
    expect(screen.queryByRole('button', { name: 'Copy token' })).toBeNull();
    await user.click(button('Renew token'));
    await screen.findByText(/^expires in (10:00|9:59)$/);
    expect(requests('signin.renew')).toHaveLength(1);
  });

  it('is masked, shown on request and hidden again', async () => {
    const { user, requests } = await openRegistration();
    await screen.findByRole('button', { name: 'Reveal registration token' });
    expect(screen.queryByText(tokenText)).toBeNull();
    await user.click(button('Reveal registration token'));
    await screen.findByText(tokenText);
    // The button keeps the focus.
    await user.keyboard('{Enter}');
    expect(screen.queryByText(tokenText)).toBeNull();
    button('Reveal registration token');
    await user.keyboard('{Enter}');
    await screen.findByText(tokenText);
    expect(requests('signin.reveal')).toHaveLength(2);
  });

  it('is copied by the main process, and the button counts until the clipboard is cleared', async () => {
    const { user, requests } = await openRegistration();
    await user.click(await screen.findByRole('button', { name: 'Copy token' }));
    await screen.findByRole('button', { name: /^Copied · clears in (30|29) s$/ });
    expect(requests('signin.copy')).toHaveLength(1);
    passTime(31);
    await screen.findByRole('button', { name: 'Copy token' });
  });

  it('says what to do when it cannot be made', async () => {
    await openRegistration({ failures: { 'signin.card': { code: 'internal' } } });
    const alert = await screen.findByRole('alert');
    expect(within(alert).getByText('Keyhold could not finish this')).toBeDefined();
    expect(within(alert).getByRole('button', { name: 'Try again' })).toBeDefined();
  });

  it('leads to the dashboard', async () => {
    const { user, requests, world } = await openRegistration();
    await user.click(button('Open dashboard'));
    expect(requests('contexts.openDashboard')).toEqual([{ contextId: world.contexts[0]?.id }]);
  });
});

describe('a wrong user id', () => {
  it('is corrected where it is noticed, with no need to remove the context', async () => {
    const { user, requests, world } = await openRegistration();
    await user.click(await screen.findByRole('button', { name: 'Correct user id…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Correct user id' });
    const field = within(dialog).getByLabelText('Your user id');
    await fill(user, field, 'maya');
    await within(dialog).findByText(/^That is not a user id\./);
    expect(within(dialog).getAllByText(/a bot’s is bot:org\/name/), 'its shape is said once').toHaveLength(1);
    await user.click(within(dialog).getByRole('button', { name: 'Correct user id' }));
    expect(document.activeElement).toBe(field);
    expect(requests('contexts.correctUser')).toEqual([]);
    await fill(user, field, ' u_mfrggzdfmztwq2lk ');
    await user.click(within(dialog).getByRole('button', { name: 'Correct user id' }));
    const contextId = world.contexts[0]?.id;
    expect(requests('contexts.correctUser')).toEqual([{ contextId, userId: 'u_mfrggzdfmztwq2lk' }]);
    await screen.findByText(/for user/);
    expect((await screen.findByText(/^Proves that you hold key/)).textContent).toContain(
      'u_mfrggzdfmztwq2lk',
    );
    expect(screen.getByText(/must show the user id u_mfrggzdfmztwq2lk\./)).toBeDefined();
  });

  it('says why it was not taken', async () => {
    const { user } = await openRegistration({
      failures: { 'contexts.correctUser': { code: 'already_added' } },
    });
    await user.click(await screen.findByRole('button', { name: 'Correct user id…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Correct user id' });
    await fill(user, within(dialog).getByLabelText('Your user id'), 'u_mfrggzdfmztwq2lk');
    await user.click(within(dialog).getByRole('button', { name: 'Correct user id' }));
    const { title, advice } = errorText('already_added');
    expect(await within(dialog).findByText(`${title}. ${advice}`)).toBeDefined();
    const field = within(dialog).getByLabelText('Your user id');
    await waitFor(() => {
      expect(document.activeElement).toBe(field);
    });
  });
});

describe('wait for the registration', () => {
  it('starts by itself, says when it looks next, and looks at once on request', async () => {
    const { user, requests } = await openRegistration({ wait: sampleWait({ nextTryAt: timeFromNow(9) }) });
    await screen.findByText(/^Next check in [89] s\.$/);
    await user.click(button('Check now'));
    await screen.findByText('Checking…');
    expect(requests('signin.checkNow')).toHaveLength(1);
  });

  it('goes on while the service cannot be reached, and says so', async () => {
    const { emit } = await openRegistration();
    await screen.findByText('Waiting for the registration.');
    act(() => {
      emit('waitChanged', sampleWait({ phase: 'offline', nextTryAt: timeFromNow(12) }));
    });
    await screen.findByText('The service cannot be reached.');
    await screen.findByText(/^Next check in 1[12] s\.$/);
  });

  it('can be stopped and taken up again', async () => {
    const { user, world } = await openRegistration();
    await user.click(await screen.findByRole('button', { name: 'Stop waiting' }));
    await screen.findByText(/^Not waiting\./);
    world.wait = sampleWait();
    await user.click(button('Wait again'));
    await screen.findByText('Waiting for the registration.');
  });

  it('says when the key turned out to be another user’s', async () => {
    const { user } = await openRegistration({ wait: sampleWait({ phase: 'wrong_user', nextTryAt: null }) });
    const alert = await screen.findByRole('alert');
    expect(within(alert).getByText('The key is registered to another user')).toBeDefined();
    expect(screen.getAllByRole('button', { name: 'Correct user id…' }), 'offered once').toHaveLength(1);
    await user.click(within(alert).getByRole('button', { name: 'Correct user id…' }));
    await screen.findByRole('dialog', { name: 'Correct user id' });
  });

  it('ignores what happens to another context', async () => {
    const { emit } = await openRegistration();
    await screen.findByText('Waiting for the registration.');
    act(() => {
      emit(
        'waitChanged',
        sampleWait({ contextId: crypto.randomUUID(), phase: 'registered', nextTryAt: null }),
      );
    });
    expect(screen.queryByText('Key registered')).toBeNull();
  });
});

describe('registered key', () => {
  it('turns the page to success by itself and says what was set up, with Undo', async () => {
    const { user, emit, world } = await openRegistration();
    await screen.findByText('Waiting for the registration.');
    world.contexts = [sampleContext()];
    world.restored = 'entry';
    act(() => {
      emit('contextsChanged');
      emit(
        'waitChanged',
        sampleWait({ phase: 'registered', nextTryAt: null, setUps: { podman: 'done', docker: 'not_asked' } }),
      );
    });
    await screen.findByRole('heading', { name: 'Key registered' });
    await user.click(button('Undo Podman’s set-up'));
    await screen.findByText('Podman’s set-up was undone');
    expect(screen.getByText(/only Keyhold’s entry was taken out/)).toBeDefined();
    await user.click(button('Show status'));
    await screen.findByRole('heading', { name: 'Signed in as Ada Lindqvist' });
  });

  it.each([
    ['failed', 'Podman could not be set up'],
    ['not_asked', 'Podman was left as it is'],
  ] as const)('leads to the registries when Podman’s set-up was %s', async (podman, words) => {
    const { user } = await openRegistration({
      wait: sampleWait({ phase: 'registered', nextTryAt: null, setUps: { podman, docker: 'done' } }),
    });
    await screen.findByText(words);
    await user.click(button('Open Registries'));
    await screen.findByRole('heading', { name: 'Registries' });
  });

  it('shows why an undo failed', async () => {
    const { user } = await openRegistration({
      wait: sampleWait({
        phase: 'registered',
        nextTryAt: null,
        setUps: { podman: 'done', docker: 'not_asked' },
      }),
      failures: { 'registries.undo': { code: 'auth_file_invalid', details: { client: 'podman' } } },
    });
    await user.click(await screen.findByRole('button', { name: 'Undo Podman’s set-up' }));
    expect((await screen.findByRole('alert')).textContent).toContain('Podman’s auth file cannot be read');
  });

  it('leaves for the status when there is nothing to register any more', async () => {
    const { world, emit } = await openRegistration({ failures: { 'signin.wait': { code: 'not_pending' } } });
    world.contexts = [sampleContext()];
    act(() => {
      emit('contextsChanged');
    });
    await screen.findByRole('heading', { name: 'Status' });
  });
});
