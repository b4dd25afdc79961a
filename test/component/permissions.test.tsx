import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { productionId } from '../support/samples.ts';
import { teamId } from '../support/samples-team.ts';
import { groupId, sampleOwnUser, samplePermissionsContext, sampleUser } from '../support/samples-users.ts';
import { samplePermission } from '../support/world-organization.ts';
import { openPage } from './open-window.tsx';

const contexts = [samplePermissionsContext()];
const place = { contextId: productionId, repositoryId: 'acme-web' };
const everything = ['read', 'write', 'delete', 'admin'];
const notAdministrator = sampleOwnUser({ role: 'user' });

async function openAccess(facts: Parameters<typeof openPage>[1] = {}) {
  const opened = await openPage('Repositories', { contexts, ...facts });
  await opened.user.click(await screen.findByRole('button', { name: 'acme/web' }));
  await opened.user.click(await screen.findByRole('tab', { name: 'Access' }));
  return opened;
}

async function openForm(facts: Parameters<typeof openPage>[1] = {}) {
  const opened = await openAccess(facts);
  await opened.user.click(await screen.findByRole('button', { name: 'Give permission' }));
  return {
    ...opened,
    search: await screen.findByRole('combobox', { name: 'Search people, groups and bots' }),
  };
}

const row = (name: RegExp): Promise<HTMLElement> => screen.findByRole('row', { name });
const box = (name: string): HTMLInputElement => screen.getByRole('checkbox', { name });
const ticked = (): string[] => ['Read', 'Write', 'Delete', 'Admin'].filter((name) => box(name).checked);

describe('permissions on a repository', () => {
  it('are listed with who has them, what they allow and when they end', async () => {
    await openAccess();
    expect((await row(/jonas/)).textContent).toBe('jonasjonas@acme.exampleReadNever');
    expect((await row(/platform/)).textContent).toBe('platformAdminNever');
    expect((await row(/release/)).textContent).toContain('acme/releaseReadWriteDelete');
    within(await row(/platform/)).getByLabelText('Group');
    within(await row(/release/)).getByLabelText('Bot');
  });

  it('are not asked for before they are looked at', async () => {
    const { user, requests } = await openPage('Repositories', { contexts });
    await user.click(await screen.findByRole('button', { name: 'acme/web' }));
    await screen.findByRole('option', { name: /linux/ });
    expect(requests('permissions.list')).toEqual([]);
  });

  it('are given by keys alone: whom, what, until when', async () => {
    const { user, search, requests } = await openForm();
    await user.type(search, 'Sofia{Enter}');
    await screen.findByText('sofia@acme.example');
    expect(document.activeElement?.textContent).toBe('Choose another');
    await user.selectOptions(screen.getByLabelText('It ends'), '7');
    screen.getByRole('button', { name: 'Choose another' }).focus();
    await user.tab();
    await user.tab();
    await user.keyboard(' ');
    expect(ticked()).toEqual(['Read', 'Write']);
    screen.getByText(/^Sofia Almeida may pull from and push to acme\/web until /);
    const before = Date.now();
    screen.getByRole('button', { name: 'Give permission' }).focus();
    await user.keyboard('{Enter}');
    await row(/sofia/);
    const [asked] = requests('permissions.grant') as { expiresAt: string }[];
    expect(asked).toMatchObject({
      ...place,
      to: { kind: 'user', id: teamId('u', 3) },
      actions: ['read', 'write'],
    });
    expect((Date.parse(asked?.expiresAt ?? '') - before) / 86_400_000).toBeCloseTo(7, 2);
  });

  it.each([
    ['a group', 'developers', { kind: 'group', id: groupId(1) }],
    ['a bot', 'nightly', { kind: 'bot', id: 'b_nightly' }],
  ])('are given to %s, without an end', async (_what, words, to) => {
    const { user, search, requests } = await openForm();
    await user.type(search, `${words}{Enter}`);
    await user.click(screen.getByRole('button', { name: 'Give permission' }));
    await row(new RegExp(words));
    expect(requests('permissions.grant')).toEqual([{ ...place, to, actions: ['read'], expiresAt: null }]);
  });

  it('are offered neither to those who have one nor to those who are disabled', async () => {
    const { search, user } = await openForm();
    await screen.findByRole('option', { name: /Sofia/ });
    for (const name of [/Jonas/, /Omar/, /platform/, /release bot/])
      expect(screen.queryByRole('option', { name })).toBeNull();
    await user.type(search, 'sofia@acme.example');
    const found = within(screen.getByRole('listbox', { name: 'People, groups and bots' }));
    expect(found.getAllByRole('option')).toHaveLength(1);
    await user.clear(search);
    await user.type(search, 'nobody@elsewhere.example');
    screen.getByText('Nobody of that name can be given a permission.');
  });

  it('are given by email where users cannot be listed', async () => {
    const { user, search, requests } = await openForm({ ownUser: notAdministrator });
    await user.type(search, 'sofia@acme.example');
    await user.click(await screen.findByRole('option', { name: /sofia@acme.example/ }));
    await user.click(screen.getByRole('button', { name: 'Give permission' }));
    await row(/sofia/);
    expect(requests('users.list')).toEqual([]);
    expect(requests('permissions.grant')).toMatchObject([
      { to: { kind: 'user', email: 'sofia@acme.example' } },
    ]);
  });

  it('are given to somebody behind the first of all, whom the service finds', async () => {
    const usersBehind = [sampleUser({ id: teamId('u', 900), username: 'zoe', name: 'Z. Behind' })];
    const { user, search, requests } = await openForm({ usersBehind, usersTotal: 9000 });
    await user.type(search, 'zoe');
    // Nobody is said to be missing before the service has answered.
    expect(screen.queryByText('Nobody of that name can be given a permission.')).toBeNull();
    await user.click(await screen.findByRole('option', { name: /Z\. Behind/ }));
    await user.click(screen.getByRole('button', { name: 'Give permission' }));
    await waitFor(() => {
      expect(requests('permissions.grant')).toMatchObject([{ to: { kind: 'user', id: teamId('u', 900) } }]);
    });
    expect(requests('users.list').at(-1)).toEqual({ contextId: productionId, search: 'zoe' });
  });

  it('are given to nobody whom the service does not find either', async () => {
    const { user, search } = await openForm({ usersTotal: 9000 });
    await user.type(search, 'nobody-there');
    await screen.findByText('Nobody of that name can be given a permission.');
  });

  it('of admin mean all four, and less than all is no admin', async () => {
    const { user } = await openForm();
    expect(ticked()).toEqual(['Read']);
    await user.click(box('Admin'));
    expect(ticked()).toEqual(['Read', 'Write', 'Delete', 'Admin']);
    await user.click(box('Delete'));
    expect(ticked()).toEqual(['Read', 'Write']);
  });

  it('need somebody and something', async () => {
    const { user, requests } = await openForm();
    await user.click(box('Read'));
    await user.click(screen.getByRole('button', { name: 'Give permission' }));
    screen.getByText('Choose who gets it.');
    screen.getByText('Choose what it allows.');
    expect(requests('permissions.grant')).toEqual([]);
  });

  it('are changed: what is not touched stays, the end too', async () => {
    const { user, requests, world } = await openAccess();
    const { expiresAt } = world.permissions[2] ?? {};
    await user.click(await screen.findByRole('button', { name: 'acme/release' }));
    expect(ticked()).toEqual(['Read', 'Write', 'Delete']);
    await user.click(box('Delete'));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect((await row(/release/)).textContent).not.toContain('Delete');
    const principal = { kind: 'bot', id: 'b_release' };
    const which = { ...place, permissionId: `g_${'g'.repeat(26)}`, principal };
    expect(requests('permissions.change')).toEqual([{ ...which, actions: ['read', 'write'], expiresAt }]);
    await user.click(screen.getByRole('button', { name: 'Actions for acme/release' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Change…' }));
    await user.selectOptions(screen.getByLabelText('It ends'), 'none');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await row(/release/);
    expect(requests('permissions.change').at(-1)).toMatchObject({ expiresAt: null });
  });

  it('are taken back, and stay where that fails', async () => {
    const { user, requests, world } = await openAccess();
    const revoke = async (): Promise<void> => {
      await user.click(await screen.findByRole('button', { name: 'Actions for jonas' }));
      await user.click(await screen.findByRole('menuitem', { name: 'Revoke' }));
    };
    world.failures = { 'permissions.revoke': { code: 'repository_admin_needed' } };
    const read = requests('permissions.list').length;
    await revoke();
    await screen.findByText('You need admin on this repository');
    await row(/jonas/);
    await waitFor(() => {
      expect(requests('permissions.list').length).toBeGreaterThan(read);
    });
    world.failures = {};
    await revoke();
    await screen.findByText('The permission of jonas on acme/web is taken back');
    await waitFor(() => {
      expect(screen.queryByRole('button', { name: 'jonas' })).toBeNull();
    });
    const by = { contextId: productionId, permissionId: `g_${'e'.repeat(26)}` };
    expect(requests('permissions.revoke')).toEqual([by, by]);
  });

  it.each([
    ['permission_there', /^There is a permission already\./],
    ['nobody_found', /^The service knows nobody of that name\./],
    ['end_not_kept', 'The service does not keep the end'],
  ] as const)('that are refused (%s) say so, and nothing is lost', async (code, words) => {
    const { user, search } = await openForm({ failures: { 'permissions.grant': { code } } });
    await user.type(search, 'Sofia{Enter}');
    await user.click(screen.getByRole('button', { name: 'Give permission' }));
    await screen.findByText(words);
    screen.getByText('Sofia Almeida');
  });

  it('keep what was chosen while tags are looked at', async () => {
    const { user, search } = await openForm();
    await user.type(search, 'Sofia{Enter}');
    await user.click(screen.getByRole('tab', { name: 'Tags' }));
    await user.click(screen.getByRole('tab', { name: 'Access' }));
    screen.getByText('Sofia Almeida');
  });

  it('are shown to those who have admin alone', async () => {
    const repositories = [{ name: 'acme/web', public: false, actions: ['read' as const, 'write' as const] }];
    const { requests } = await openAccess({ repositories });
    await screen.findByText('You need admin on it to see who may use it');
    expect(requests('permissions.list')).toEqual([]);
  });

  it('say when nobody has one', async () => {
    await openAccess({ permissions: [] });
    await screen.findByText(/^Nobody was given one\. Owners of acme/);
  });

  it('of what this version does not know are shown as they are told', async () => {
    const principal = { kind: 'other' as const, id: 'p_1', name: null, email: null };
    const { user } = await openAccess({
      permissions: [samplePermission({ principal, actions: ['read', 'promote'] })],
    });
    const told = await row(/p_1/);
    expect(told.textContent).toContain('The service does not tell the name');
    expect(told.textContent).toContain('promote');
    await user.click(within(told).getByRole('button', { name: 'Actions for p_1' }));
    await screen.findByRole('menuitem', { name: 'Revoke' });
    expect(screen.queryByRole('menuitem', { name: 'Change…' })).toBeNull();
  });
});

describe('at a service that does not tell what one may do', () => {
  it('administrators give permissions without an end, and tags are not looked for', async () => {
    const { user, requests } = await openPage('Repositories', { contexts, tellsActions: false });
    expect((await row(/acme\/web/)).textContent).toContain('Not told by the service');
    await user.click(screen.getByRole('button', { name: 'acme/web' }));
    await user.click(await screen.findByRole('button', { name: 'Give permission' }));
    expect(screen.queryByRole('tab')).toBeNull();
    await user.type(await screen.findByRole('combobox', { name: /^Search/ }), 'Sofia{Enter}');
    expect(screen.queryByLabelText('It ends')).toBeNull();
    await user.click(box('Admin'));
    await user.click(screen.getByRole('button', { name: 'Give permission' }));
    await row(/sofia/);
    expect(requests('permissions.grant')).toMatchObject([{ actions: everything, expiresAt: null }]);
  });

  it('others are told whom to ask', async () => {
    const { user } = await openPage('Repositories', {
      ...{ contexts, tellsActions: false },
      ownUser: notAdministrator,
    });
    await user.click(await screen.findByRole('button', { name: 'acme/web' }));
    await screen.findByText('You need admin on it to see who may use it');
  });
});
