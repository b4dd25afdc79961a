import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { productionId } from '../support/samples.ts';
import { sampleActing, sampleTeam, teamId } from '../support/samples-team.ts';
import { fill, openPage } from './open-window.tsx';

const acme = { contextId: productionId, org: 'acme' };
const button = (name: string | RegExp): HTMLElement => screen.getByRole('button', { name });

describe('the organization', () => {
  it('gets another name; its short name stays', async () => {
    const { user, requests } = await openPage('Organization');
    const field = await screen.findByLabelText('Name of the organization');
    expect(button('Rename').getAttribute('aria-disabled')).toBe('true');
    await fill(user, field, ' Acme Europe ');
    await user.click(button('Rename'));
    await screen.findByText('It is called Acme Europe now');
    expect(requests('orgs.rename')).toEqual([{ ...acme, name: 'Acme Europe' }]);
    await waitFor(() => {
      expect(screen.getByLabelText('Name of the organization')).toHaveProperty('value', 'Acme Europe');
    });
  });

  it('is handed over to a member', async () => {
    const { user, requests } = await openPage('Organization');
    await user.selectOptions(await screen.findByLabelText('New owner'), teamId('u', 2));
    await user.click(button('Hand over…'));
    await user.click(await screen.findByRole('button', { name: 'Hand over' }));
    await screen.findByText('Jonas Weber owns Acme Industries now');
    expect(requests('orgs.transfer')).toEqual([{ ...acme, userId: teamId('u', 2) }]);
    await screen.findByText('Only owners of acme may hand it over.');
  });

  it('is deleted once what is lost was said and its short name typed', async () => {
    const { user, requests } = await openPage('Organization');
    await user.click(await screen.findByRole('button', { name: 'Delete acme…' }));
    const dialog = within(await screen.findByRole('dialog'));
    const lost = within(await dialog.findByRole('list', { name: 'What is lost' }));
    expect(lost.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
      '3 memberships',
      '4 repositories with their images',
      '2 projects with their branches',
      '3 API keys',
      '2 bots with their keys',
      '2 invitations',
    ]);
    await user.type(dialog.getByLabelText('Type acme to confirm'), 'acme');
    await user.click(dialog.getByRole('button', { name: 'Delete organization' }));
    await screen.findByText('Deleted Acme Industries');
    expect(requests('orgs.remove')).toEqual([acme]);
  });

  it('is left by who is not its only owner', async () => {
    const { user, world, emit, requests } = await openPage('Organization');
    await screen.findByText(/^You are the only owner/);
    world.members = world.members.map((each) => ({ ...each, role: 'owner' }));
    emit('organizationChanged', { contextId: productionId, lists: ['members'] });
    await user.click(await screen.findByRole('button', { name: 'Leave acme…' }));
    await user.click(await screen.findByRole('button', { name: 'Leave organization' }));
    await screen.findByText('You left Acme Industries');
    expect(requests('orgs.leave')).toEqual([acme]);
  });

  it('offers nothing to viewers but to leave, and says who may', async () => {
    await openPage('Organization', { acting: sampleActing({ role: 'viewer', userId: teamId('u', 3) }) });
    for (const words of ['rename it', 'hand it over', 'delete it']) {
      await screen.findByText(new RegExp(`^Only .* of acme may ${words}\\.$`));
    }
    expect(screen.queryByRole('button', { name: /^(Rename|Hand over|Delete)/ })).toBeNull();
    expect(button('Leave acme…')).toBeDefined();
  });

  it('that is personal can neither be left nor handed over nor deleted', async () => {
    await openPage('Organization', {
      acting: sampleActing({ org: { slug: 'maya', name: 'Maya Chen', kind: 'personal' } }),
      members: sampleTeam().members.slice(1, 2),
    });
    await screen.findByText('A personal organization stays as long as its account.');
    expect(screen.queryByRole('heading', { name: /^(Leave|Hand over)$/ })).toBeNull();
  });
});

describe('who belongs to no organization', () => {
  it('makes one', async () => {
    const { user, requests } = await openPage('Organization', {
      acting: sampleActing({ org: null, role: null }),
    });
    await user.click(await screen.findByRole('button', { name: 'New organization…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'New organization' }));
    await user.click(dialog.getByRole('button', { name: 'Make organization' }));
    await dialog.findByText('Enter a name.');
    await fill(user, dialog.getByLabelText('Name'), 'Acme Europe');
    await fill(user, dialog.getByLabelText('Short name'), 'Acme');
    await user.click(dialog.getByRole('button', { name: 'Make organization' }));
    await dialog.findByText(/^Lower-case letters, digits and inner hyphens/);
    await fill(user, dialog.getByLabelText('Short name'), 'acme');
    await user.click(dialog.getByRole('button', { name: 'Make organization' }));
    await dialog.findByText(/^That short name is taken\./);
    await fill(user, dialog.getByLabelText('Short name'), '');
    await user.click(dialog.getByRole('button', { name: 'Make organization' }));
    await screen.findByText('Made Acme Europe');
    expect(requests('orgs.create').at(-1)).toEqual({
      contextId: productionId,
      name: 'Acme Europe',
      slug: null,
    });
  });
});

describe('accounts that wait', () => {
  const operator = { acting: sampleActing({ operator: true }) };

  it('are shown to operators alone: others are not led there', async () => {
    const { emit, world } = await openPage('Accounts');
    await screen.findByText('Accounts are for operators of Acme Registry');
    expect(screen.queryByRole('link', { name: 'Accounts' })).toBeNull();
    world.acting = sampleActing({ operator: true });
    emit('organizationChanged', { contextId: productionId, lists: ['organization'] });
    await screen.findByRole('link', { name: 'Accounts' });
    await screen.findByRole('button', { name: 'Tomas Lindgren' });
  });

  it('are approved with a note', async () => {
    const { user, requests } = await openPage('Accounts', operator);
    await user.click(await screen.findByRole('button', { name: 'Tomas Lindgren' }));
    await user.click(await screen.findByRole('button', { name: 'Approve…' }));
    await user.type(await screen.findByLabelText('Note'), ' Welcome ');
    await user.click(button('Approve account'));
    await screen.findByText('Tomas Lindgren is let in');
    const userId = teamId('u', 21);
    expect(requests('accounts.approve')).toEqual([{ contextId: productionId, userId, note: 'Welcome' }]);
    await waitFor(() => {
      expect(screen.queryByRole('button', { name: 'Tomas Lindgren' })).toBeNull();
    });
  });

  it('are denied, unless another operator was quicker', async () => {
    const { user, world, requests } = await openPage('Accounts', operator);
    const deny = async (): Promise<void> => {
      await user.click(await screen.findByRole('button', { name: 'Actions for Aiko Tanaka' }));
      await user.click(await screen.findByRole('menuitem', { name: 'Deny…' }));
      await user.click(await screen.findByRole('button', { name: 'Deny account' }));
    };
    world.failures = { 'accounts.deny': { code: 'account_decided' } };
    await deny();
    await screen.findByText('The account does not wait any more');
    await user.click(button('Cancel'));
    world.failures = {};
    await deny();
    await screen.findByText('Aiko Tanaka is not let in');
    expect(requests('accounts.deny')).toHaveLength(2);
  });

  it('say so when there are none', async () => {
    await openPage('Accounts', { ...operator, pendingAccounts: [] });
    await screen.findByText('No account waits');
  });
});
