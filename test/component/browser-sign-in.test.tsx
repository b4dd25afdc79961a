import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { BrowserSignInState } from '../../contracts/ipc/browser-sign-in.ts';
import { errorText } from '../../renderer/lib/error-text.ts';
import { productionId, sampleContext, sampleService } from '../support/samples.ts';
import { sampleBrowserSignIn } from '../support/world-signin.ts';
import type { World } from '../support/world.ts';
import { fill, openWindow, passTime, type OpenWindow } from './open-window.tsx';

const both = sampleService({ methods: ['key', 'password', 'browser'] });

async function chooseWay(facts: Partial<World> = {}): Promise<OpenWindow> {
  const opened = openWindow({ contexts: [], service: both, ...facts });
  await opened.user.click(await screen.findByRole('button', { name: 'Add context' }));
  await fill(opened.user, screen.getByLabelText('Service address'), 'registry.acme.example');
  await opened.user.click(screen.getByRole('button', { name: 'Find service' }));
  await screen.findByRole('heading', { name: 'Acme Registry' });
  return opened;
}

/** Opens the window in the middle of a sign-in. */
async function signingIn(
  facts: Partial<BrowserSignInState> = {},
  world: Partial<World> = {},
): Promise<OpenWindow> {
  const opened = openWindow({ browserSignIn: sampleBrowserSignIn(facts), ...world });
  await opened.user.click(await screen.findByRole('button', { name: 'Show' }));
  return opened;
}

function change({ world, emit }: OpenWindow, facts: Partial<BrowserSignInState>): void {
  world.browserSignIn = { ...(world.browserSignIn ?? sampleBrowserSignIn()), ...facts };
  act(() => emit('browserSignInChanged', world.browserSignIn));
}

const button = (name: string): HTMLElement => screen.getByRole('button', { name });

describe('adding a context by browser', () => {
  it('asks for no user id, and says how long the sign-in lasts in plain words', async () => {
    const { user, requests } = await chooseWay();
    await user.click(screen.getByRole('radio', { name: 'In your browser' }));
    expect(screen.queryByLabelText('Your user id')).toBeNull();
    expect(
      screen.getByRole('radio', { name: 'Stay signed in until I sign out', checked: true }),
    ).toBeDefined();
    await user.click(screen.getByRole('radio', { name: 'For 12 hours' }));
    await user.click(button('Open browser to sign in'));
    await screen.findByRole('heading', { level: 1, name: 'Sign in by browser' });
    expect(requests('browserSignIn.start')).toEqual([
      {
        target: {
          kind: 'new',
          address: 'registry.acme.example',
          name: 'Acme Registry',
          setUpPodman: true,
          setUpDocker: false,
        },
        access: 'session',
        elsewhere: false,
      },
    ]);
    expect(requests('contexts.add')).toEqual([]);
  });

  it('can last as long as it is used, where the service has such sessions', async () => {
    const { user, requests } = await chooseWay();
    await user.click(screen.getByRole('radio', { name: 'In your browser' }));
    await user.click(screen.getByRole('radio', { name: 'As long as I use it' }));
    await user.click(button('Open browser to sign in'));
    await screen.findByRole('heading', { level: 1, name: 'Sign in by browser' });
    expect(requests('browserSignIn.start')).toMatchObject([{ access: 'token-pair' }]);
  });

  it('is the only way where the service takes no keys: nothing is to be chosen', async () => {
    await chooseWay({ service: sampleService({ methods: ['browser'] }) });
    expect(screen.queryByRole('radio', { name: 'With a key of your own' })).toBeNull();
    expect(screen.queryByRole('radio', { name: 'As long as I use it' })).toBeNull();
    expect(screen.queryByLabelText('Your user id')).toBeNull();
    expect(button('Open browser to sign in')).toBeDefined();
  });

  it('is not offered where the service has no such way', async () => {
    await chooseWay({ service: sampleService() });
    expect(screen.queryByRole('radio')).toBeNull();
    expect(screen.getByLabelText('Your user id')).toBeDefined();
  });

  it('says at the name that it is taken, and keeps what was chosen', async () => {
    const { user } = await chooseWay({ failures: { 'browserSignIn.start': { code: 'name_taken' } } });
    await user.click(screen.getByRole('radio', { name: 'In your browser' }));
    await user.click(button('Open browser to sign in'));
    const { title, advice } = errorText('name_taken');
    await screen.findByText(`${title}. ${advice}`);
    expect(document.activeElement).toBe(screen.getByLabelText('Context name'));
    expect(screen.getByRole('radio', { name: 'In your browser', checked: true })).toBeDefined();
  });
});

describe('the wait for the browser', () => {
  it('says what is going on and how long it waits, opens the page again and copies its address', async () => {
    const { user, requests } = await signingIn();
    await screen.findByText('Waiting for your answer in the browser.');
    await screen.findByText(/^9:[0-4]\d left\.$/);
    await user.click(button('Open again'));
    await user.click(button('Copy address'));
    await screen.findByText('Address copied');
    expect(requests('browserSignIn.open')).toHaveLength(1);
    expect(requests('browserSignIn.copyAddress')).toHaveLength(1);
    passTime(60);
    await screen.findByText(/^8:[0-4]\d left\.$/);
  });

  it('says so where no browser was opened', async () => {
    const { user } = await signingIn({ opened: false });
    await screen.findByText('No browser was opened');
    await user.click(button('Open again'));
    await screen.findByText('Waiting for your answer in the browser.');
  });

  it('is ended by Cancel', async () => {
    const opened = await signingIn();
    await opened.user.click(await screen.findByRole('button', { name: 'Cancel' }));
    expect(opened.requests('browserSignIn.end')).toHaveLength(1);
    await screen.findByRole('heading', { level: 1, name: 'Status' });
    act(() => opened.emit('browserSignInChanged', null));
    await waitFor(() => {
      expect(screen.queryByText(/^A sign-in to/)).toBeNull();
    });
  });

  it('goes on while another page is open, which says so and leads back', async () => {
    const opened = await signingIn();
    await opened.user.click(screen.getByRole('link', { name: /^Keys/ }));
    await screen.findByText('A sign-in to registry.acme.example waits for your answer in the browser');
    change(opened, { phase: 'done', who: 'Ada Lindqvist', org: 'acme', confirmed: true });
    await screen.findByText('You are signed in to registry.acme.example');
    await opened.user.click(button('Dismiss'));
    expect(opened.requests('browserSignIn.end')).toHaveLength(1);
  });

  it('is shown again after the vault was locked meanwhile', async () => {
    const { user } = openWindow({
      browserSignIn: sampleBrowserSignIn(),
      vault: { state: 'locked', retryAfterMs: 0 },
    });
    await user.type(await screen.findByLabelText('Passphrase'), 'plum anchor velvet lantern{Enter}');
    await screen.findByText('A sign-in to registry.acme.example waits for your answer in the browser');
  });

  it('ends in what was done, with a way back for each set-up', async () => {
    const opened = await signingIn();
    await screen.findByText('Waiting for your answer in the browser.');
    change(opened, { phase: 'exchanging', address: null });
    await screen.findByText(/^The answer is there/);
    change(opened, {
      phase: 'done',
      who: 'Ada Lindqvist',
      org: 'acme',
      confirmed: true,
      setUps: { podman: 'done', docker: 'failed' },
    });
    await screen.findByRole('heading', { level: 1, name: 'Signed in' });
    expect(screen.getByText('You are signed in as Ada Lindqvist in acme')).toBeDefined();
    expect(screen.getByRole('button', { name: 'Undo Podman’s set-up' })).toBeDefined();
    expect(screen.getByText('Docker could not be set up')).toBeDefined();
    await opened.user.click(button('Show status'));
    await screen.findByRole('heading', { level: 1, name: 'Status' });
    expect(opened.requests('browserSignIn.end')).toHaveLength(1);
  });

  it('does not call signed in what the service did not confirm', async () => {
    const opened = await signingIn();
    change(opened, { phase: 'done', who: 'Ada Lindqvist', org: 'acme', confirmed: false });
    await screen.findByText('Acme Registry did not confirm the sign-in yet');
    expect(screen.queryByText(/^You are signed in as/)).toBeNull();
  });
});

describe('a sign-in that did not work', () => {
  const codes = [
    'sign_in_denied',
    'sign_in_refused',
    'sign_in_timed_out',
    'sign_in_disturbed',
    'sign_in_code_gone',
    'sign_in_offline',
    'sign_in_dropped',
    'sign_in_left',
    'sign_in_other_org',
  ] as const;

  it.each(codes)('says of %s what happened, and begins anew', async (code) => {
    const opened = await signingIn({ phase: 'failed', address: null, failure: { code } });
    const { title, advice } = errorText(code);
    const alert = await screen.findByRole('alert');
    expect(within(alert).getByText(title)).toBeDefined();
    expect(alert.textContent).toContain(advice);
    await opened.user.click(within(alert).getByRole('button', { name: 'Sign in again' }));
    expect(opened.requests('browserSignIn.again')).toEqual([{ elsewhere: false }]);
    await screen.findByText('Waiting for your answer in the browser.');
  });

  it('shows the service’s own words as such', async () => {
    await signingIn({
      phase: 'failed',
      address: null,
      failure: { code: 'service_refused', said: 'Come back later' },
    });
    expect((await screen.findByRole('alert')).textContent).toContain('Come back later');
  });
});

describe('a browser on another computer', () => {
  async function elsewhere(): Promise<OpenWindow> {
    const opened = await signingIn();
    await opened.user.click(
      await screen.findByRole('button', { name: 'The browser is on another computer' }),
    );
    await screen.findByLabelText('Code');
    return opened;
  }

  it('is given the address, and the code is pasted', async () => {
    const opened = await elsewhere();
    expect(opened.requests('browserSignIn.again')).toEqual([{ elsewhere: true }]);
    expect(screen.getByLabelText('Address for the browser').textContent).toContain('/cli/authorize?');
    await fill(opened.user, screen.getByLabelText('Code'), `  ${'c'.repeat(43)} `);
    await opened.user.click(button('Sign in'));
    expect(opened.requests('browserSignIn.paste')).toEqual([{ code: 'c'.repeat(43) }]);
    await screen.findByText(/^The answer is there/);
  });

  it('gets what is no code said at the field, with the text kept', async () => {
    const opened = await elsewhere();
    const field = screen.getByLabelText<HTMLInputElement>('Code');
    await opened.user.click(button('Sign in'));
    expect(await screen.findByText('Paste the code that the browser shows.')).toBeDefined();
    await fill(opened.user, field, 'c'.repeat(42));
    await opened.user.click(button('Sign in'));
    const { title, advice } = errorText('invalid_code');
    await screen.findByText(`${title}. ${advice}`);
    expect(field.value).toBe('c'.repeat(42));
    expect(document.activeElement).toBe(field);
  });

  it('can be this one after all', async () => {
    const { user, requests } = await elsewhere();
    await user.click(button('The browser is on this computer'));
    await screen.findByText('Waiting for your answer in the browser.');
    expect(requests('browserSignIn.again')).toEqual([{ elsewhere: true }, { elsewhere: false }]);
  });
});

describe('a form that meets the end of a session', () => {
  async function meets(
    code: 'session_expired' | 'api_key_refused',
    facts: Partial<World> = {},
  ): Promise<OpenWindow> {
    const opened = openWindow({
      contexts: [sampleContext({ credential: code === 'session_expired' ? 'session' : 'api-key' })],
      failures: { 'bots.create': { code } },
      ...facts,
    });
    await opened.user.click(await screen.findByRole('link', { name: /^Bots/ }));
    await opened.user.click(await screen.findByRole('button', { name: 'New bot' }));
    await fill(opened.user, await screen.findByLabelText('Name'), 'release-build');
    await opened.user.click(button('Make bot'));
    await screen.findByText(errorText(code).title);
    return opened;
  }

  it.each([
    ['session_expired', 'session'],
    ['api_key_refused', 'api-key'],
  ] as const)('with %s keeps what was typed, signs in again over it and goes on', async (code, access) => {
    const opened = await meets(code);
    await opened.user.click(button('Sign in again'));
    const dialog = await screen.findByRole('dialog', { name: 'Sign in to registry.acme.example again' });
    await within(dialog).findByText('Waiting for your answer in the browser.');
    expect(opened.requests('browserSignIn.start')).toEqual([
      { target: { kind: 'context', contextId: productionId }, access, elsewhere: false },
    ]);
    opened.world.failures = {};
    change(opened, { phase: 'done', confirmed: true });
    await waitFor(() => {
      expect(screen.queryByRole('dialog', { name: /^Sign in to/ })).toBeNull();
    });
    expect(opened.requests('browserSignIn.end')).toHaveLength(1);
    expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('release-build');
    await opened.user.click(button('Make bot'));
    expect(opened.requests('bots.create')).toMatchObject([
      { name: 'release-build' },
      { name: 'release-build' },
    ]);
  });

  it('takes an earlier sign-in of the context, which is done, for no new one', async () => {
    const earlier = sampleBrowserSignIn({ contextId: productionId, phase: 'done', confirmed: true });
    const opened = await meets('session_expired', { browserSignIn: earlier });
    await opened.user.click(button('Sign in again'));
    await within(await screen.findByRole('dialog', { name: /^Sign in to/ })).findByText(/^Waiting/);
    expect(opened.requests('browserSignIn.end')).toEqual([]);
  });

  it('stays as well when the sign-in is given up, by its button or by Escape', async () => {
    const opened = await meets('session_expired');
    for (const leave of [
      () => opened.user.keyboard('{Escape}'),
      async () => {
        await opened.user.click(
          within(screen.getByRole('dialog', { name: /^Sign in to/ })).getByRole('button', { name: 'Cancel' }),
        );
      },
    ]) {
      await opened.user.click(button('Sign in again'));
      await within(await screen.findByRole('dialog', { name: /^Sign in to/ })).findByText(/^Waiting/);
      await leave();
      await waitFor(() => {
        expect(screen.queryByRole('dialog', { name: /^Sign in to/ })).toBeNull();
      });
      expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('release-build');
    }
    expect(opened.requests('browserSignIn.end')).toHaveLength(2);
  });

  it('says why the sign-in could not begin', async () => {
    const opened = await meets('session_expired');
    opened.world.failures = { 'browserSignIn.start': { code: 'server_unreachable' } };
    await opened.user.click(button('Sign in again'));
    const dialog = await screen.findByRole('dialog', { name: /^Sign in to/ });
    await within(dialog).findByText(errorText('server_unreachable').title);
    opened.world.failures = {};
    await opened.user.click(within(dialog).getByRole('button', { name: 'Try again' }));
    await within(dialog).findByText(/^Waiting/);
  });
});
