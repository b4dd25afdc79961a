import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { sampleCard, sampleContext, sampleKey, timeFromNow } from '../support/samples.ts';
import type { World } from '../support/world.ts';
import { fill, openPage, openWindow, type OpenWindow } from './open-window.tsx';

function focused(): Element {
  const { activeElement } = document;
  if (activeElement === null) throw new Error('nothing has the focus');
  return activeElement;
}

async function openRegistration(facts: Partial<World> = {}): Promise<OpenWindow> {
  const opened = openWindow({ contexts: [sampleContext({ state: 'pending' })], ...facts });
  await screen.findByRole('heading', { level: 1, name: 'Register key' });
  return opened;
}

/** Presses a button by the keyboard. */
async function press({ user }: OpenWindow, name: string): Promise<HTMLElement> {
  const button = await screen.findByRole('button', { name });
  button.focus();
  await user.keyboard('{Enter}');
  return button;
}

describe('while its action runs, what has the focus keeps it and takes no second click:', () => {
  it('a switch', async () => {
    const { user, requests } = await openPage('Approvals', { hanging: ['settings.change'] });
    const control = await screen.findByRole<HTMLInputElement>('switch', { name: /^Ask before/ });
    await user.click(control);
    await user.click(control);
    expect(focused()).toBe(control);
    expect([control.disabled, control.getAttribute('aria-disabled')]).toEqual([false, 'true']);
    expect(requests('settings.change')).toHaveLength(1);
  });

  it('a choice', async () => {
    const { user, requests } = await openPage('Keys', { hanging: ['keys.setAge'] });
    await user.click(await screen.findByRole('button', { name: 'This computer' }));
    const select = await screen.findByLabelText<HTMLSelectElement>('Stops signing after');
    select.focus();
    await user.selectOptions(select, 'Never');
    await user.selectOptions(select, '90 days');
    expect(focused()).toBe(select);
    expect([select.disabled, select.getAttribute('aria-disabled')]).toEqual([false, 'true']);
    expect(requests('keys.setAge')).toEqual([{ keyId: sampleKey().id, age: null }]);
  });

  it('a button, also one that has nothing more to do then', async () => {
    const { user, requests, emit } = await openPage('Keys');
    await user.click(await screen.findByRole('button', { name: 'This computer' }));
    await fill(user, await screen.findByLabelText('Label'), 'Laptop');
    const rename = screen.getByRole<HTMLButtonElement>('button', { name: 'Rename' });
    await user.click(rename);
    await screen.findByText('Key renamed');
    act(() => {
      emit('keysChanged');
    });
    await screen.findByRole('dialog', { name: 'Laptop' });
    await user.click(rename);
    await user.keyboard('{Enter}');
    expect(focused()).toBe(rename);
    expect(rename.disabled).toBe(false);
    expect(requests('keys.rename')).toHaveLength(1);
  });
});

describe('after', () => {
  it('the unlock it is in the page', async () => {
    const { user } = openWindow({ vault: { state: 'locked', retryAfterMs: 0 } });
    await user.type(await screen.findByLabelText('Passphrase'), 'a passphrase{Enter}');
    await screen.findByRole('heading', { name: 'Status' });
    expect(focused().id).toBe('page');
  });

  it('the palette or a menu has led to a page that begins with a field, it is in that', async () => {
    const opened = await openPage('Keys');
    const { user } = opened;
    const returned: unknown[] = [];
    document.addEventListener('focusin', ({ target }) => returned.push(target));
    const search = await press(opened, 'Search');
    await user.keyboard('invitation{Enter}');
    const field = await screen.findByLabelText('Invitation link');
    await waitFor(() => expect(returned).toContain(search));
    expect(focused()).toBe(field);
    const page = document.getElementById('page');
    page?.focus();
    await user.keyboard('{Control>}k{/Control}');
    await user.keyboard('add context{Enter}');
    await waitFor(() => expect(returned.filter((each) => each === page)).toHaveLength(2));
    expect(focused()).toBe(await screen.findByLabelText('Service address'));
    await user.click(screen.getByRole('link', { name: 'Keys' }));
    await user.click(await screen.findByRole('button', { name: /^Context: / }));
    await user.click(await screen.findByRole('button', { name: 'Add context…' }));
    const address = await screen.findByLabelText('Service address');
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Add context…' })).toBeNull());
    expect(focused()).toBe(address);
  });

  it('a renewal it stays on the button', async () => {
    const opened = await openRegistration();
    const renew = await press(opened, 'Renew');
    await waitFor(() => {
      expect(opened.requests('signin.renew')).toHaveLength(1);
    });
    await screen.findByRole('button', { name: 'Reveal registration token' });
    expect(focused()).toBe(renew);
  });

  it.each([
    ['Renew token', { card: sampleCard({ expiresAt: timeFromNow(-1) }) }, 'Copy the registration token'],
    ['Stop waiting', {}, 'Keyhold notices by itself'],
  ])('“%s” it is in the step that the button was in', async (name, facts, step) => {
    const opened = await openRegistration(facts);
    const button = await press(opened, name);
    await waitFor(() => {
      expect(button.isConnected).toBe(false);
    });
    const item = screen.getByText(step).closest('li');
    await waitFor(() => {
      expect(focused()).toBe(item);
    });
    await opened.user.tab();
    expect(item?.contains(focused())).toBe(true);
    expect(item?.hasAttribute('tabindex'), 'only while it has the focus').toBe(false);
  });

  it('an authorization was taken back it is in the list of the others, not on what takes back the next', async () => {
    const opened = await openPage('Repositories');
    await opened.user.click(await screen.findByRole('button', { name: 'acme/web' }));
    await opened.user.click(await screen.findByRole('tab', { name: 'Access' }));
    const button = await press(opened, 'Revoke jonas');
    await waitFor(() => {
      expect(button.isConnected).toBe(false);
    });
    await waitFor(() => {
      expect(focused()).toBe(screen.getByRole('list', { name: 'Authorizations' }));
    });
  });

  it.each(['Settings', 'Approvals'])(
    'what had it in a section of %s has gone, a screen reader has a name to read',
    async (page) => {
      await openPage(page);
      await waitFor(() => {
        expect(document.querySelector('#page section')).not.toBeNull();
      });
      expect([...document.querySelectorAll('#page section:not([aria-label])')]).toEqual([]);
    },
  );

  it('a sign-out it is on the report', async () => {
    const opened = openWindow();
    await opened.user.click(await screen.findByRole('button', { name: /^Context: / }));
    await opened.user.click(await screen.findByRole('button', { name: 'Sign out of all…' }));
    await press(opened, 'Sign out of all');
    const report = await screen.findByRole('dialog', { name: 'Signed out' });
    await within(report).findByRole('button', { name: 'Done' });
    await waitFor(() => {
      expect(focused()).toBe(report);
    });
  });
});
