import { act, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { OpenedLink } from '../../contracts/ipc/links.ts';
import { productionId, sampleContext, timeFromNow } from '../support/samples.ts';
import { fill, openPage, openWindow } from './open-window.tsx';

const host = 'registry.acme.example';
const join = (facts: Partial<Extract<OpenedLink, { kind: 'join' }>> = {}): OpenedLink => ({
  kind: 'join',
  origin: `https://${host}`,
  host,
  openedAt: timeFromNow(-1),
  ...facts,
});

const page = (): HTMLElement => screen.getByRole('heading', { level: 1 });

describe('an invitation link', () => {
  it('opens the page with what it would do, and asks nobody for anything', async () => {
    const { world, emit, calls } = openWindow();
    await screen.findByRole('heading', { level: 1, name: 'Status' });
    const before = calls.length;
    world.link = join();
    act(() => emit('linksChanged'));
    await screen.findByRole('heading', { level: 1, name: 'Invitation' });
    expect(screen.getByText(/^A link invites you to an organization at/).textContent).toContain(
      `https://${host}`,
    );
    const made = calls.slice(before).map(({ call }) => call);
    expect(new Set(made)).toEqual(new Set(['links.current', 'contexts.list']));
  });

  it('that came while the vault was locked is shown after the unlock', async () => {
    const { user } = openWindow({ link: join(), vault: { state: 'locked', retryAfterMs: 0 } });
    await user.type(await screen.findByLabelText('Passphrase'), 'plum anchor velvet lantern{Enter}');
    await screen.findByRole('heading', { level: 1, name: 'Invitation' });
  });

  it('leads to adding the service where there is no context of it', async () => {
    const { user } = openWindow({ link: join({ origin: 'https://new.example', host: 'new.example' }) });
    await screen.findByRole('heading', { level: 1, name: 'Invitation' });
    await user.click(await screen.findByRole('button', { name: 'Add context' }));
    expect((await screen.findByLabelText<HTMLInputElement>('Service address')).value).toBe(
      'https://new.example',
    );
  });

  it('throws nothing away that is being typed: a notice leads to it', async () => {
    const { user, world, emit } = await openPage('Tokens');
    await user.click(screen.getByRole('tab', { name: 'Inspect' }));
    const field = await screen.findByLabelText('Token');
    await fill(user, field, 'eyJ');
    world.link = join();
    act(() => emit('linksChanged'));
    await screen.findByText(`An invitation from ${host} waits`);
    expect(page().textContent).toBe('Tokens');
    expect((field as HTMLTextAreaElement).value).toBe('eyJ');
    await user.click(screen.getByRole('button', { name: 'Show invitation' }));
    expect(page().textContent).toBe('Invitation');
  });

  it('does not come back by itself once it was left, and goes when it is declined', async () => {
    const { user, requests, emit } = openWindow({ link: join() });
    await screen.findByRole('heading', { level: 1, name: 'Invitation' });
    await user.click(screen.getByRole('link', { name: /^Keys/ }));
    await screen.findByText(`An invitation from ${host} waits`);
    expect(page().textContent).toBe('Keys');
    await user.click(screen.getByRole('button', { name: 'Show invitation' }));
    await user.click(await screen.findByRole('button', { name: 'Not now' }));
    expect(requests('links.close')).toHaveLength(1);
    act(() => emit('linksChanged'));
    await screen.findByRole('heading', { level: 1, name: 'Status' });
    expect(screen.queryByText(/^An invitation/)).toBeNull();
  });

  it('that nobody knows is said, and does nothing', async () => {
    const { user, world, emit } = await openPage('Keys', { contexts: [sampleContext({ id: productionId })] });
    world.link = { kind: 'unknown' };
    act(() => emit('linksChanged'));
    await screen.findByText('A link was not opened');
    expect(page().textContent).toBe('Keys');
    await user.click(screen.getByRole('button', { name: 'Dismiss' }));
    act(() => emit('linksChanged'));
    await waitFor(() => {
      expect(screen.queryByText('A link was not opened')).toBeNull();
    });
  });
});
