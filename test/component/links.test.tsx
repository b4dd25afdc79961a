import { act, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { OpenedLink } from '../../contracts/ipc/links.ts';
import { productionId, sampleContext, sampleService, stagingId } from '../support/samples.ts';
import { sampleInvitationView } from '../support/samples-team.ts';
import { fill, openPage, openWindow } from './open-window.tsx';

const host = 'registry.acme.example';
const linkId = '0c6f3a52-6b1e-4d0f-9d3c-2f1f4b6a7e10';
const join = (facts: Partial<Extract<OpenedLink, { kind: 'join' }>> = {}): OpenedLink => ({
  kind: 'join',
  origin: `https://${host}`,
  host,
  id: linkId,
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

  it('is pasted where nothing opened it, and then does as little', async () => {
    const { user, requests } = openWindow({ contexts: [] });
    await user.click(await screen.findByRole('button', { name: 'Add context' }));
    await user.click(await screen.findByRole('button', { name: 'I have an invitation link' }));
    const field = await screen.findByLabelText('Invitation link');
    await fill(user, field, `https://${host}/invitations/short`);
    await user.click(screen.getByRole('button', { name: 'Show invitation' }));
    await screen.findByText(/^That is no invitation link/);
    expect(requests('links.paste')).toEqual([]);
    await fill(user, field, ` https://${host}/invitations/${'a'.repeat(43)} `);
    await user.click(screen.getByRole('button', { name: 'Show invitation' }));
    expect((await screen.findByText(/^A link invites you/)).textContent).toContain(`https://${host}`);
    expect(requests('contexts.discover')).toEqual([]);
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

describe('an invitation that is looked at', () => {
  async function look(facts: Parameters<typeof openWindow>[0] = {}) {
    const opened = openWindow({ link: join(), ...facts });
    await screen.findByRole('heading', { level: 1, name: 'Invitation' });
    expect(opened.requests('invitations.view')).toEqual([]);
    await opened.user.click(await screen.findByRole('button', { name: 'Look at the invitation' }));
    return opened;
  }

  it('says to what, as what, by whom, until when and for which account; joining takes one more press', async () => {
    const { user, requests } = await look();
    await screen.findByText('Fabrikam (fabrikam)');
    for (const words of ['member', 'tara', `u_42 at ${host}`]) screen.getByText(words);
    screen.getByText(/^Can be accepted until/);
    expect(requests('invitations.accept')).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Join fabrikam' }));
    await screen.findByText('You belong to Fabrikam now');
    expect(requests('invitations.accept')).toEqual([{ contextId: productionId, linkId }]);
    await user.click(screen.getByRole('button', { name: 'Act in fabrikam' }));
    await screen.findByRole('heading', { level: 1, name: 'Members' });
    expect(requests('orgs.switchTo')).toEqual([{ contextId: productionId, org: 'fabrikam' }]);
    expect(requests('links.close')).toHaveLength(1);
  });

  it('and is for another account says so, and cannot be accepted by this one', async () => {
    await look({ invitationView: sampleInvitationView({ forYou: false }) });
    await screen.findByText('It is for another account');
    expect(screen.queryByRole('button', { name: /^Join/ })).toBeNull();
  });

  it.each([
    ['invitation_ended', 'The invitation has ended'],
    ['invitation_gone', 'The invitation is gone'],
    ['server_unreachable', 'The service cannot be reached'],
  ] as const)('and cannot be had says why: %s', async (code, title) => {
    await look({ failures: { 'invitations.view': { code } } });
    await screen.findByText(title);
  });

  it('and is accepted too late says so', async () => {
    const failures = { 'invitations.accept': { code: 'invitation_wrong_account' } } as const;
    const { user } = await look({ failures });
    await user.click(await screen.findByRole('button', { name: 'Join fabrikam' }));
    await screen.findByText('The invitation is for another account');
  });

  it('is looked at with the account that is chosen, where there are several of the service', async () => {
    const second = sampleContext({ id: stagingId, name: 'Second', current: false, userId: 'u_43' });
    const { user, requests } = openWindow({ link: join(), contexts: [sampleContext(), second] });
    await user.selectOptions(await screen.findByLabelText('For the account of'), stagingId);
    await user.click(screen.getByRole('button', { name: 'Look at the invitation' }));
    await screen.findByText(`u_43 at ${host}`);
    expect(requests('invitations.view')).toEqual([{ contextId: stagingId, linkId }]);
  });

  it('is not for an API key: it says so, and leads to a sign-in that can join', async () => {
    const key = sampleContext({ credential: 'api-key', maxTokenTtl: null, org: 'acme' });
    const service = sampleService({ methods: ['key', 'browser'] });
    const { user, requests } = openWindow({ link: join(), contexts: [key], service });
    await screen.findByText('An API key cannot join an organization');
    expect(screen.queryByRole('button', { name: 'Look at the invitation' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Sign in for 12 hours…' }));
    expect(await screen.findByRole('radio', { name: /^For 12 hours/ })).toHaveProperty('checked', true);
    expect(requests('links.close')).toEqual([]);
  });

  it('is looked at first with an account that can join', async () => {
    const key = sampleContext({ credential: 'api-key', maxTokenTtl: null, org: 'acme' });
    const second = sampleContext({ id: stagingId, name: 'Second', current: false, userId: 'u_43' });
    openWindow({ link: join(), contexts: [key, second] });
    expect(await screen.findByLabelText('For the account of')).toHaveProperty('value', stagingId);
    await screen.findByRole('button', { name: 'Look at the invitation' });
  });

  it('waits until the context is signed in', async () => {
    openWindow({ link: join(), contexts: [sampleContext({ state: 'signed_out' })] });
    await screen.findByRole('heading', { name: 'You are signed out' });
    expect(screen.queryByRole('button', { name: 'Look at the invitation' })).toBeNull();
  });
});
