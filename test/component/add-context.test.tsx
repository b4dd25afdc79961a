import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ipcContract } from '../../contracts/ipc/index.ts';
import { errorText } from '../../renderer/lib/error-text.ts';
import { sampleService } from '../support/samples.ts';
import type { World } from '../support/world.ts';
import { fill, openWindow, type OpenWindow } from './open-window.tsx';

async function findService(facts: Partial<World> = {}): Promise<OpenWindow> {
  const opened = openWindow({ contexts: [], ...facts });
  await opened.user.click(await screen.findByRole('button', { name: 'Add context' }));
  await fill(opened.user, screen.getByLabelText('Service address'), ' registry.acme.example ');
  await opened.user.click(screen.getByRole('button', { name: 'Find service' }));
  return opened;
}

async function addContext(facts: Partial<World> = {}): Promise<OpenWindow> {
  const opened = await findService(facts);
  await fill(opened.user, await screen.findByLabelText('Your user id'), ' u_mfrggzdfmztwq2lk ');
  await opened.user.click(screen.getByRole('button', { name: 'Make key and continue' }));
  return opened;
}

describe('finding the service', () => {
  it('shows what the service offers before anything is made', async () => {
    const { requests } = await findService();
    await screen.findByRole('heading', { name: 'Acme Registry' });
    expect(screen.getByText('Sign-in with a key')).toBeDefined();
    expect(screen.getByText('Container registry')).toBeDefined();
    expect(screen.getByText('Tokens up to 24 hours')).toBeDefined();
    expect(requests('contexts.discover')).toEqual([{ address: 'registry.acme.example' }]);
    expect(requests('contexts.add')).toEqual([]);
  });

  it('says what to do about each way to fail', async () => {
    const { errors } = ipcContract.calls.contexts.discover;
    const failing = (code: (typeof errors)[number]): World['failures'] => ({ 'contexts.discover': { code } });
    const { user, world } = await findService({ failures: failing('server_unreachable') });
    for (const code of errors) {
      world.failures = failing(code);
      await user.click(screen.getByRole('button', { name: 'Find service' }));
      const { title, advice } = errorText(code);
      if (code === 'invalid_address' || code === 'insecure_origin') {
        expect(await screen.findByText(`${title}. ${advice}`)).toBeDefined();
        expect(screen.getByLabelText('Service address').getAttribute('aria-invalid')).toBe('true');
      } else {
        await screen.findByText(title);
        const alert = screen.getByRole('alert');
        expect(within(alert).getByText(title)).toBeDefined();
        expect(within(alert).getByText(advice)).toBeDefined();
      }
      expect(screen.queryByLabelText('Your user id')).toBeNull();
    }
  });

  it('says what the service calls itself, and asks it by that name when the person wants to', async () => {
    const origin = 'http://127.0.0.1:8970';
    const opened = await findService({
      failures: { 'contexts.discover': { code: 'another_origin', details: { origin } } },
    });
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain(`It calls itself ${origin}`);
    expect(opened.requests('contexts.discover')).toHaveLength(1);
    opened.world.failures = {};
    await opened.user.click(within(alert).getByRole('button', { name: 'Use this address' }));
    await fill(opened.user, await screen.findByLabelText('Your user id'), 'u_mfrggzdfmztwq2lk');
    await opened.user.click(screen.getByRole('button', { name: 'Make key and continue' }));
    await screen.findByRole('heading', { name: 'Register key' });
    expect(opened.requests('contexts.discover').slice(1)).toEqual([{ address: origin }]);
    expect(opened.requests('contexts.add')).toMatchObject([{ address: origin }]);
  });

  it('warns when the clocks differ too much', async () => {
    await findService({ service: sampleService({ clockSkewSeconds: 95 }) });
    expect(await screen.findByText(/clock is 1 minute 35 seconds behind the service/)).toBeDefined();
  });

  it('goes no further where keys are not taken', async () => {
    await findService({ service: sampleService({ methods: ['later'] }) });
    expect(await screen.findByText(errorText('sign_in_not_offered').title)).toBeDefined();
    expect(screen.queryByLabelText('Your user id')).toBeNull();
  });
});

describe('adding the context', () => {
  it('makes the key, selects the new context and goes on to its registration', async () => {
    const { requests, world } = await addContext();
    await screen.findByRole('heading', { name: 'Register key' });
    expect(requests('contexts.add')).toEqual([
      {
        address: 'registry.acme.example',
        name: 'Acme Registry',
        userId: 'u_mfrggzdfmztwq2lk',
        keyLabel: 'This computer',
        setUpPodman: true,
        setUpDocker: false,
      },
    ]);
    expect(world.contexts.map(({ current }) => current)).toEqual([true]);
  });

  it('selects the new context when others are there, and suggests a name that is free', async () => {
    const { user, world, emit } = openWindow();
    await user.click(await screen.findByRole('button', { name: /^Context:/ }));
    await user.click(await screen.findByRole('button', { name: 'Add context…' }));
    world.contexts = world.contexts.map((context) => ({ ...context, name: `acme registry` }));
    emit('contextsChanged');
    await user.type(screen.getByLabelText('Service address'), 'registry.acme.example{enter}');
    await fill(user, await screen.findByLabelText('Your user id'), 'u_mfrggzdfmztwq2lk');
    await user.click(screen.getByRole('button', { name: 'Make key and continue' }));
    await screen.findByRole('heading', { name: 'Register key' });
    expect(world.contexts.filter(({ current }) => current).map(({ userId }) => userId)).toEqual([
      'u_mfrggzdfmztwq2lk',
    ]);
  });

  it('leaves Podman alone when asked to, and does not ask where there is no registry', async () => {
    const { user, requests } = await findService();
    await user.click(await screen.findByRole('checkbox', { name: /^Set up Podman/ }));
    await fill(user, screen.getByLabelText('Your user id'), 'u_mfrggzdfmztwq2lk');
    await user.click(screen.getByRole('button', { name: 'Make key and continue' }));
    await screen.findByRole('heading', { name: 'Register key' });
    expect(requests('contexts.add')).toMatchObject([{ setUpPodman: false }]);
  });

  it('sets Docker up when asked to', async () => {
    const { user, requests } = await findService();
    await user.click(await screen.findByRole('checkbox', { name: /^Set up Docker/ }));
    await fill(user, screen.getByLabelText('Your user id'), 'u_mfrggzdfmztwq2lk');
    await user.click(screen.getByRole('button', { name: 'Make key and continue' }));
    await screen.findByRole('heading', { name: 'Register key' });
    expect(requests('contexts.add')).toMatchObject([{ setUpPodman: true, setUpDocker: true }]);
  });

  it('does not offer Podman where there is no registry', async () => {
    const { requests } = await addContext({ service: sampleService({ hasRegistry: false }) });
    await screen.findByRole('heading', { name: 'Register key' });
    expect(screen.queryByRole('checkbox')).toBeNull();
    expect(requests('contexts.add')).toMatchObject([{ setUpPodman: false }]);
  });

  it('says while something else is typed that it is no user id, and what one looks like', async () => {
    const { user } = await findService();
    const field = await screen.findByLabelText('Your user id');
    for (const [typed, words] of [
      ['maya', 'That is not a user id.'],
      ['maya@example.com', 'That is an email address.'],
      ['bot:Acme', 'That is not a user id.'],
      ['u_UPPER', 'That is not a user id.'],
      ['42', 'That is not a user id.'],
    ] as const) {
      await user.clear(field);
      expect(screen.queryByText(/^That is/)).toBeNull();
      await user.type(field, typed);
      expect((await screen.findByText((text) => text.startsWith(words))).textContent).toContain('u_ and 16');
    }
  });

  it('says nothing of what may still become a user id, and asks for the rest of it', async () => {
    const { user, requests } = await findService();
    const field = await screen.findByLabelText('Your user id');
    for (const letter of 'u_mfrgg') {
      await user.type(field, letter);
      expect(screen.queryByText(/^That is/)).toBeNull();
    }
    await user.click(screen.getByRole('button', { name: 'Make key and continue' }));
    expect(screen.getByText(/^That is not all of it\./)).toBeDefined();
    expect(document.activeElement).toBe(field);
    expect(requests('contexts.add')).toEqual([]);
  });

  it('leads to where the user id is shown', async () => {
    const { user, requests } = await findService();
    await user.click(await screen.findByRole('button', { name: 'Open dashboard' }));
    expect(requests('contexts.openFoundDashboard')).toHaveLength(1);
  });

  it('asks for what is missing, at its field, without a call', async () => {
    const { user, requests } = await findService();
    await user.click(await screen.findByRole('button', { name: 'Make key and continue' }));
    expect(screen.getByText('Enter your user id.')).toBeDefined();
    expect(document.activeElement).toBe(screen.getByLabelText('Your user id'));
    expect(requests('contexts.add')).toEqual([]);
  });

  const atField = {
    invalid_user_id: 'Your user id',
    already_added: 'Your user id',
    name_taken: 'Context name',
  } as const;

  it('says what went wrong at the field it is about, everything else above the button', async () => {
    const { errors } = ipcContract.calls.contexts.add;
    const failing = (code: (typeof errors)[number]): World['failures'] => ({ 'contexts.add': { code } });
    const { user, world } = await addContext({ failures: failing('server_unreachable') });
    for (const code of errors) {
      world.failures = failing(code);
      await user.click(screen.getByRole('button', { name: 'Make key and continue' }));
      const { title, advice } = errorText(code);
      if (code in atField) {
        const label = atField[code as keyof typeof atField];
        expect(await screen.findByText(`${title}. ${advice}`)).toBeDefined();
        expect(screen.getByLabelText(label).getAttribute('aria-invalid')).toBe('true');
        expect(document.activeElement).toBe(screen.getByLabelText(label));
      } else {
        await screen.findByText(title);
        expect(within(screen.getByRole('alert')).getByText(title)).toBeDefined();
      }
    }
  });

  it('says at its field what the contract itself refuses', async () => {
    const { user } = await findService();
    const name = await screen.findByLabelText('Context name');
    await fill(user, name, '*production*');
    await fill(user, screen.getByLabelText('Your user id'), 'u_mfrggzdfmztwq2lk');
    await user.click(screen.getByRole('button', { name: 'Make key and continue' }));
    expect(await screen.findByText(/^Start with a letter or digit/)).toBeDefined();
    expect(document.activeElement).toBe(name);
  });
});
