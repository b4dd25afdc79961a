import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { productionId } from '../support/samples.ts';
import { teamId } from '../support/samples-team.ts';
import { groupId, sampleOwnUser, sampleUser, sampleUsersContext } from '../support/samples-users.ts';
import { fill, openPage } from './open-window.tsx';

const contexts = [sampleUsersContext({ org: 'acme' })];
const open = (facts: Parameters<typeof openPage>[1] = {}) => openPage('Groups', { contexts, ...facts });
const openSheet = async ({ user }: Awaited<ReturnType<typeof open>>, name: string) => {
  await user.click(await screen.findByRole('button', { name }));
  const sheet = within(await screen.findByRole('dialog', { name }));
  await sheet.findByRole('table');
  return sheet;
};

describe('the groups of a service', () => {
  it('are listed with who keeps them; those of a directory are read there', async () => {
    const opened = await open();
    const row = (await screen.findByRole('button', { name: 'platform' })).closest('tr')?.textContent ?? '';
    expect(row).toContain('ldap.acme.example');
    expect(screen.queryByRole('button', { name: 'Actions for platform' })).toBeNull();
    const sheet = await openSheet(opened, 'platform');
    sheet.getByText('Its members come from ldap.acme.example');
    for (const name of [/^Add members/, /^Edit group/, /^Delete group/, /^Actions for/]) {
      expect(sheet.queryByRole('button', { name })).toBeNull();
    }
  });

  it('are only looked at by others than administrators', async () => {
    const opened = await open({ ownUser: sampleOwnUser({ role: 'user' }) });
    expect(screen.queryByRole('button', { name: 'New group' })).toBeNull();
    expect(screen.queryByRole('button', { name: /^Actions for/ })).toBeNull();
    const sheet = await openSheet(opened, 'developers');
    sheet.getByText('Only administrators of Acme Registry change groups.');
    expect(
      sheet.queryByRole('button', { name: /^(Add members|Edit group|Delete group|Actions for)/ }),
    ).toBeNull();
    expect(opened.requests('users.list')).toEqual([]);
  });

  it('are made in the organization of the context, and opened', async () => {
    const { user, requests } = await open();
    await user.click(await screen.findByRole('button', { name: 'New group' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'New group' }));
    await fill(user, dialog.getByLabelText('Name'), 'developers');
    await user.click(dialog.getByRole('button', { name: 'Make group' }));
    await dialog.findByText(/^There is a group of that name\./);
    await fill(user, dialog.getByLabelText('Name'), ' testers ');
    await user.click(dialog.getByRole('button', { name: 'Make group' }));
    const sheet = within(await screen.findByRole('dialog', { name: 'testers' }));
    await sheet.findByText('Nobody is in it yet.');
    const made = { contextId: productionId, name: 'testers', description: '', organization: 'acme' };
    expect(requests('groups.create').at(-1)).toEqual(made);
  });

  it('are called otherwise, from the list and from the sheet', async () => {
    const opened = await open();
    const { user, requests } = opened;
    await user.click(await screen.findByRole('button', { name: 'Actions for release' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Edit…' }));
    const first = within(await screen.findByRole('dialog', { name: 'Edit the group release' }));
    expect(first.queryByLabelText('Organization')).toBeNull();
    await user.click(first.getByRole('button', { name: 'Save changes' }));
    await fill(user, first.getByLabelText('Name'), 'developers');
    await user.click(first.getByRole('button', { name: 'Save changes' }));
    await first.findByText(/^There is a group of that name\./);
    await user.click(first.getByRole('button', { name: 'Cancel' }));
    const sheet = await openSheet(opened, 'developers');
    await user.click(sheet.getByRole('button', { name: 'Edit group…' }));
    const second = within(await screen.findByRole('dialog', { name: 'Edit the group developers' }));
    await fill(user, second.getByLabelText('Name'), ' builders ');
    await fill(user, second.getByLabelText('Description'), 'Who builds');
    await user.click(second.getByRole('button', { name: 'Save changes' }));
    const renamed = within(await screen.findByRole('dialog', { name: 'builders' }));
    renamed.getByText('Who builds');
    const by = { contextId: productionId, groupId: groupId(1) };
    expect(requests('groups.change').slice(1)).toEqual([
      { ...by, name: 'builders', description: 'Who builds' },
    ]);
    expect(requests('groups.change')).toHaveLength(2);
  });

  it('take in people who are not in them, several at a time', async () => {
    const opened = await open();
    const { user, requests } = opened;
    const sheet = await openSheet(opened, 'developers');
    await user.click(sheet.getByRole('button', { name: 'Add members' }));
    await sheet.findByRole('table', { name: 'Users who are not in it' });
    expect(sheet.queryByRole('checkbox', { name: 'Select Jonas Weber' })).toBeNull();
    await user.click(sheet.getByRole('checkbox', { name: 'Select Lena Brandt' }));
    await user.click(sheet.getByRole('checkbox', { name: 'Select Sofia Almeida' }));
    await user.click(sheet.getByRole('button', { name: 'Add 2 members' }));
    await sheet.findByText('Sofia Almeida');
    const userIds = [teamId('u', 4), teamId('u', 3)];
    expect(requests('groups.addMembers')).toEqual([
      { contextId: productionId, groupId: groupId(1), userIds },
    ]);
  });

  it('are not said to be empty where the service does not tell who is in them', async () => {
    const { user } = await open({ tellsMembers: false });
    await user.click(await screen.findByRole('button', { name: 'developers' }));
    const sheet = within(await screen.findByRole('dialog', { name: 'developers' }));
    await sheet.findByText('2 members. Acme Registry does not tell who they are.');
    expect(sheet.queryByText('Nobody is in it yet.')).toBeNull();
    sheet.getByRole('button', { name: 'Add members' });
  });

  it('are asked for where there are more than are listed', async () => {
    const { user, requests } = await open({ groupsTotal: 6000 });
    await fill(user, await screen.findByLabelText('Search by name'), 'rel');
    await screen.findByText('1 of 6,000 groups');
    await screen.findByRole('button', { name: 'release' });
    expect(screen.queryByRole('button', { name: 'developers' })).toBeNull();
    expect(requests('groups.list').at(-1)).toEqual({ contextId: productionId, search: 'rel' });
  });

  it('take in people who are behind the first of all', async () => {
    const usersBehind = [sampleUser({ id: teamId('u', 900), username: 'zoe', name: 'Zoe Behind' })];
    const opened = await open({ usersBehind, usersTotal: 6000 });
    const { user, requests } = opened;
    const sheet = await openSheet(opened, 'developers');
    await user.click(sheet.getByRole('button', { name: 'Add members' }));
    await user.click(await sheet.findByRole('checkbox', { name: 'Select Lena Brandt' }));
    await fill(user, sheet.getByLabelText('Filter by name or email'), 'zoe');
    await user.click(await sheet.findByRole('checkbox', { name: 'Select Zoe Behind' }));
    await user.click(sheet.getByRole('button', { name: 'Add 2 members' }));
    await waitFor(() => {
      expect(requests('groups.addMembers')).toMatchObject([{ userIds: [teamId('u', 4), teamId('u', 900)] }]);
    });
  });

  it('let people go, and are deleted by their name', async () => {
    const opened = await open();
    const { user, requests } = opened;
    const sheet = await openSheet(opened, 'developers');
    await user.click(sheet.getByRole('button', { name: 'Actions for Jonas Weber' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Take out' }));
    await waitFor(() => {
      expect(sheet.queryByText('Jonas Weber')).toBeNull();
    });
    const by = { contextId: productionId, groupId: groupId(1) };
    expect(requests('groups.removeMembers')).toEqual([{ ...by, userIds: [teamId('u', 2)] }]);
    await user.click(sheet.getByRole('button', { name: 'Delete group…' }));
    await user.type(await screen.findByLabelText('Type developers to confirm'), 'developers');
    await user.click(screen.getByRole('button', { name: 'Delete group' }));
    await screen.findByText('The group developers is deleted');
    expect(requests('groups.remove')).toEqual([by]);
  });

  it('say who makes them when there are none', async () => {
    await open({ groups: [], ownUser: sampleOwnUser({ role: 'user' }) });
    await screen.findByRole('heading', { name: 'No groups of yours' });
    screen.getByText('Administrators of Acme Registry make groups and say who is in them.');
    expect(screen.queryByRole('button', { name: 'New group' })).toBeNull();
  });
});
