import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { productionId, sampleContext, stagingId, sampleService } from '../support/samples.ts';
import { sampleActing, sampleOrg } from '../support/samples-team.ts';
import { fill, openPage, type OpenWindow } from './open-window.tsx';

const target = (): HTMLElement => screen.getByRole('button', { name: /^Organization:/ });

async function openSwitcher({ user }: Pick<OpenWindow, 'user'>): Promise<void> {
  await waitFor(() => {
    expect(target().textContent).toContain('Acme Industries');
  });
  await user.click(target());
}

describe('the organization switcher', () => {
  it('shows where the context acts, as what, and every organization of the account', async () => {
    const opened = await openPage('Keys');
    await openSwitcher(opened);
    expect(target().textContent).toContain('owner');
    const options = await screen.findAllByRole('option');
    expect(options.map(({ textContent }) => textContent)).toEqual([
      'Acme Industries acme owner',
      'Maya Chen maya · personal owner',
      'Northwind Traders northwind viewer',
    ]);
    expect(options[0]?.getAttribute('aria-selected')).toBe('true');
  });

  it('switches, and whatever is shown afterwards belongs to the other organization', async () => {
    const opened = await openPage('Members');
    await openSwitcher(opened);
    await fill(opened.user, await screen.findByLabelText('Search organizations'), 'north');
    await opened.user.keyboard('{Enter}');
    await waitFor(() => {
      expect(opened.requests('orgs.switchTo')).toEqual([{ contextId: productionId, org: 'northwind' }]);
    });
    opened.emit('contextsChanged');
    await screen.findByText(/^Who belongs to Northwind Traders/);
    expect(opened.requests('members.list').at(-1)).toEqual({ contextId: productionId, org: 'northwind' });
    expect(target().textContent).toContain('viewer');
    expect(screen.queryByRole('button', { name: 'Invite people' })).toBeNull();
  });

  it('leads to the context that is there already', async () => {
    const second = sampleContext({ id: stagingId, name: 'Northwind', org: 'northwind', current: false });
    const orgs = [
      sampleOrg(),
      sampleOrg({ slug: 'northwind', name: 'Northwind Traders', heldBy: stagingId }),
    ];
    const opened = await openPage('Keys', { contexts: [sampleContext(), second], orgs });
    await openSwitcher(opened);
    await opened.user.click(await screen.findByRole('option', { name: /northwind · in Northwind/ }));
    await waitFor(() => {
      expect(opened.requests('contexts.setCurrent')).toEqual([{ contextId: stagingId }]);
    });
    expect(opened.requests('orgs.switchTo')).toEqual([]);
  });

  it('makes a team organization and acts in it', async () => {
    const opened = await openPage('Keys');
    await openSwitcher(opened);
    await opened.user.click(await screen.findByRole('button', { name: 'New organization…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'New organization' }));
    await fill(opened.user, dialog.getByLabelText('Name'), 'Acme Europe');
    await opened.user.click(dialog.getByRole('button', { name: 'Make organization' }));
    await screen.findByText('Made Acme Europe');
    expect(opened.requests('orgs.switchTo')).toEqual([{ contextId: productionId, org: 'acme-europe' }]);
  });

  it('says that an API key is for one organization, and offers to sign in for another', async () => {
    const contexts = [sampleContext({ credential: 'api-key', maxTokenTtl: null, org: 'acme' })];
    const service = sampleService({ methods: ['key', 'browser'] });
    const opened = await openPage('Keys', { contexts, service });
    await openSwitcher(opened);
    await screen.findByText(/signs in with an API key, which is for Acme Industries alone/);
    expect(opened.requests('orgs.list')).toEqual([]);
    await opened.user.click(screen.getByRole('button', { name: 'Sign in for another…' }));
    await screen.findByRole('heading', { level: 1, name: 'Add context' });
    // The service is known: it is asked at once, and the way there is the browser.
    expect(await screen.findByRole('radio', { name: /^In your browser/ })).toHaveProperty('checked', true);
    expect(opened.requests('contexts.discover')).toEqual([{ address: 'https://registry.acme.example' }]);
  });

  it('says what went wrong: offline, and a switch that was refused', async () => {
    const opened = await openPage('Keys', { failures: { 'orgs.list': { code: 'server_unreachable' } } });
    await openSwitcher(opened);
    await screen.findByText('The service cannot be reached');
    opened.world.failures = { 'orgs.switchTo': { code: 'not_allowed' } };
    await opened.user.click(screen.getByRole('button', { name: 'Try again' }));
    await opened.user.click(await screen.findByRole('option', { name: /Northwind/ }));
    await screen.findByText('The service does not let you do that');
    expect(target().textContent).toContain('Acme Industries');
  });

  it('is not there without organizations, and says when there is none', async () => {
    const { world, emit } = await openPage('Keys', { contexts: [sampleContext({ capabilities: ['bots'] })] });
    expect(screen.queryByRole('button', { name: /^Organization:/ })).toBeNull();
    world.contexts = [sampleContext()];
    world.acting = sampleActing({ org: null, role: null });
    emit('contextsChanged');
    await waitFor(() => {
      expect(target().textContent).toContain('No organization');
    });
  });

  it('has its organizations in the palette', async () => {
    const { user, requests } = await openPage('Keys');
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await screen.findByRole('combobox', { name: /Search pages/ }), 'northwind traders');
    await user.click(await screen.findByRole('option', { name: /Northwind Traders/ }));
    await waitFor(() => {
      expect(requests('orgs.switchTo')).toEqual([{ contextId: productionId, org: 'northwind' }]);
    });
  });
});
