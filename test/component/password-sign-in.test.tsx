import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { errorText } from '../../renderer/lib/error-text.ts';
import { productionId, sampleContext, sampleService, timeFromNow } from '../support/samples.ts';
import type { World } from '../support/world.ts';
import { fill, openPage, openWindow, type OpenWindow } from './open-window.tsx';

const byPassword = sampleService({ methods: ['password'] });

async function findService(facts: Partial<World> = {}): Promise<OpenWindow> {
  const opened = openWindow({ contexts: [], service: byPassword, ...facts });
  await opened.user.click(await screen.findByRole('button', { name: 'Add context' }));
  await fill(opened.user, screen.getByLabelText('Service address'), 'registry.acme.example');
  await opened.user.click(screen.getByRole('button', { name: 'Find service' }));
  await screen.findByRole('heading', { name: 'Acme Registry' });
  return opened;
}

async function send({ user }: OpenWindow, password = 'not to be guessed'): Promise<void> {
  await fill(user, screen.getByLabelText('User name'), 'ada');
  await fill(user, screen.getByLabelText('Password'), password);
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
}

const request = {
  target: {
    kind: 'new',
    address: 'registry.acme.example',
    name: 'Acme Registry',
    setUpPodman: true,
    setUpDocker: false,
  },
  username: 'ada',
  password: 'not to be guessed',
  newPassword: null,
};

const takesPasswords = sampleContext({
  capabilities: ['repositories', 'bots', 'passwords'],
  credential: 'session',
  maxTokenTtl: null,
  endsAt: timeFromNow(-60),
});

describe('adding a context with a password', () => {
  it('is one of the ways, where the service offers it', async () => {
    const { user } = await findService({
      service: sampleService({ methods: ['key', 'password', 'browser'] }),
    });
    expect(screen.queryByLabelText('User name')).toBeNull();
    await user.click(screen.getByRole('radio', { name: 'With a password' }));
    expect(screen.getByLabelText('User name')).toBeDefined();
    expect(screen.queryByLabelText('Your user id')).toBeNull();
  });

  it('sends name and password once, and says what came of it', async () => {
    const opened = await findService();
    await send(opened);
    await screen.findByText('You are signed in as Ada Lindqvist');
    expect(screen.getByText('podman push and pull work now', { exact: false })).toBeDefined();
    expect(opened.requests('passwordSignIn.signIn')).toEqual([request]);
    await opened.user.click(screen.getByRole('button', { name: 'Show status' }));
    await screen.findByRole('heading', { level: 1, name: 'Status' });
  });

  it('sends nothing without a name, a user name and a password', async () => {
    const { user, requests } = await findService();
    const press = () => user.click(screen.getByRole('button', { name: 'Sign in' }));
    await user.clear(screen.getByLabelText('Context name'));
    await press();
    expect(document.activeElement).toBe(screen.getByLabelText('Context name'));
    await fill(user, screen.getByLabelText('Context name'), 'Work');
    await press();
    await screen.findByText('Enter your user name.');
    await fill(user, screen.getByLabelText('User name'), 'ada');
    await press();
    expect(document.activeElement).toBe(screen.getByLabelText('Password'));
    expect(requests('passwordSignIn.signIn')).toEqual([]);
  });

  it.each([
    ['password_wrong', 'Password'],
    ['name_taken', 'Context name'],
  ] as const)(
    'says at the field what is wrong with it, and keeps what was typed: %s',
    async (code, field) => {
      const opened = await findService({ failures: { 'passwordSignIn.signIn': { code } } });
      await send(opened);
      const { title, advice } = errorText(code);
      await screen.findByText(`${title}. ${advice}`);
      expect(document.activeElement).toBe(screen.getByLabelText(field));
      expect(screen.getByLabelText<HTMLInputElement>('User name').value).toBe('ada');
      expect(screen.getByLabelText<HTMLInputElement>('Password').value).toBe('not to be guessed');
    },
  );

  it.each(['sign_in_unavailable', 'second_factor_wanted', 'server_unreachable', 'sign_in_dropped'] as const)(
    'says why it failed: %s',
    async (code) => {
      const opened = await findService({ failures: { 'passwordSignIn.signIn': { code } } });
      await send(opened);
      expect((await screen.findByRole('alert')).textContent).toContain(errorText(code).title);
    },
  );

  it('says when the next try is taken', async () => {
    const details = { retryAfterMs: 287_000 };
    const failures = { 'passwordSignIn.signIn': { code: 'sign_in_limited', details } } as const;
    await send(await findService({ failures }));
    expect((await screen.findByRole('alert')).textContent).toMatch(/Try again in (4|5) min/);
  });
});

describe('a password that has to be changed', () => {
  const wantsNew = { username: null, wantsNew: true };

  it('has a form for the new one, and signs in by it', async () => {
    const opened = await findService({ passwords: wantsNew });
    await send(opened);
    await screen.findByText('Acme Registry wants another password first');
    const { user } = opened;
    const press = () => user.click(screen.getByRole('button', { name: 'Set password and sign in' }));
    await press();
    await screen.findByText('Enter a new password.');
    await fill(user, screen.getByLabelText('New password'), 'chosen by herself');
    await fill(user, screen.getByLabelText('Repeat new password'), 'chosen by somebody');
    await press();
    await screen.findByText('The two passwords differ.');
    await fill(user, screen.getByLabelText('Repeat new password'), 'chosen by herself');
    await press();
    await screen.findByText('You are signed in as Ada Lindqvist');
    expect(opened.requests('passwordSignIn.signIn')).toEqual([
      request,
      { ...request, newPassword: 'chosen by herself' },
    ]);
  });

  it.each(['password_changed', 'password_maybe_changed'] as const)(
    'is said to be set, or perhaps: %s',
    async (code) => {
      const opened = await findService({ passwords: wantsNew });
      await send(opened);
      await screen.findByText('Acme Registry wants another password first');
      for (const label of ['New password', 'Repeat new password'])
        await fill(opened.user, screen.getByLabelText(label), 'chosen by herself');
      opened.world.failures['passwordSignIn.signIn'] = { code };
      await opened.user.click(screen.getByRole('button', { name: 'Set password and sign in' }));
      const { title, advice } = errorText(code);
      await screen.findByText(`${title}. ${advice}`);
      expect(screen.queryByLabelText('New password')).toBeNull();
      expect(document.activeElement).toBe(screen.getByLabelText('Password'));
    },
  );
});

describe('signing in again with a password', () => {
  const passwords = { username: 'ada', wantsNew: false };

  it('keeps the form that met the end of the session', async () => {
    const { user, requests, world } = await openPage('Bots', {
      contexts: [{ ...takesPasswords, endsAt: timeFromNow(3600) }],
      passwords,
      failures: { 'bots.create': { code: 'session_expired' } },
    });
    await user.click(screen.getByRole('button', { name: 'New bot' }));
    await fill(user, screen.getByLabelText('Name'), 'release-build');
    await user.click(screen.getByRole('button', { name: 'Make bot' }));
    await user.click(await screen.findByRole('button', { name: 'Sign in again' }));
    const dialog = await screen.findByRole('dialog', { name: /^Sign in to .* again$/ });
    const name = await within(dialog).findByLabelText<HTMLInputElement>('User name');
    expect(name.value).toBe('ada');
    await fill(user, within(dialog).getByLabelText('Password'), 'not to be guessed');
    delete world.failures['bots.create'];
    await user.click(within(dialog).getByRole('button', { name: 'Sign in' }));
    await screen.findByText('Signed in to registry.acme.example again');
    expect(requests('passwordSignIn.signIn')).toMatchObject([
      { target: { kind: 'context', contextId: productionId }, username: 'ada' },
    ]);
    expect(requests('browserSignIn.start')).toEqual([]);
    expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('release-build');
  });

  it('is by the browser for who signed in by that before', async () => {
    const { user, requests } = openWindow({ contexts: [takesPasswords] });
    await user.click(await screen.findByRole('button', { name: 'Sign in again' }));
    await screen.findByText('Waiting for your answer in the browser.');
    expect(requests('browserSignIn.start')).toHaveLength(1);
  });

  it('is offered to a context that is signed out', async () => {
    const out = { ...takesPasswords, state: 'signed_out', credential: null } as const;
    const { user, requests } = openWindow({ contexts: [out], passwords });
    await user.click(await screen.findByRole('button', { name: 'Sign in with a password…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Sign in to registry.acme.example' });
    await fill(user, await within(dialog).findByLabelText('Password'), 'not to be guessed');
    await user.click(within(dialog).getByRole('button', { name: 'Sign in' }));
    await screen.findByText('Signed in to registry.acme.example');
    expect(requests('passwordSignIn.signIn')).toHaveLength(1);
    expect(screen.queryByRole('button', { name: 'Sign in by browser…' })).toBeNull();
  });
});
