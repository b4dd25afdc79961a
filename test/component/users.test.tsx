import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { productionId } from '../support/samples.ts';
import { heldKeyId, teamId } from '../support/samples-team.ts';
import { sampleOwnUser, sampleUser, sampleUsersContext, toldPassword } from '../support/samples-users.ts';
import { fill, openPage, type OpenWindow } from './open-window.tsx';

const contexts = [sampleUsersContext()];
const open = (facts: Parameters<typeof openPage>[1] = {}) => openPage('Users', { contexts, ...facts });
const names = (): (string | null)[] =>
  screen
    .getAllByRole('row')
    .slice(1)
    .map((row) => row.querySelector('[data-name]')?.textContent ?? null);

async function choose({ user }: OpenWindow, name: string, item: string): Promise<void> {
  await user.click(await screen.findByRole('button', { name: `Actions for ${name}` }));
  await user.click(await screen.findByRole('menuitem', { name: item }));
}

describe('the users of a service', () => {
  it('are shown to its administrators alone: others learn which role is missing', async () => {
    await open({ ownUser: sampleOwnUser({ username: 'jonas', role: 'user' }) });
    await screen.findByText('Users: for administrators of Acme Registry');
    screen.getByText(/with the role User\. The role Administrator is missing/);
    expect(screen.queryByRole('link', { name: 'Users' })).toBeNull();
    expect(screen.queryByRole('table')).toBeNull();
  });

  it('are there only where the service has some', async () => {
    const { requests } = await openPage('Status');
    expect(screen.queryByRole('link', { name: 'Users' })).toBeNull();
    expect(requests('users.me')).toEqual([]);
  });

  it('are narrowed by role and state, and found by words', async () => {
    const { user } = await open();
    await screen.findByRole('link', { name: 'Users' });
    expect(names()).toHaveLength(5);
    await user.selectOptions(screen.getByLabelText('Role'), 'user');
    expect(names()).toEqual(['Jonas Weber', 'Lena Brandt', 'Omar Haddad']);
    await user.selectOptions(screen.getByLabelText('State'), 'disabled');
    expect(names()).toEqual(['Omar Haddad']);
    await user.selectOptions(screen.getByLabelText('Role'), 'viewer');
    screen.getByText('No user has that role and state.');
  });

  it('are said to be more than are listed', async () => {
    const users = Array.from({ length: 300 }, (_, index) =>
      sampleUser({
        id: teamId('u', index + 1),
        username: `user-${String(index)}`,
        name: `User ${String(index)}`,
      }),
    );
    const usersBehind = [sampleUser({ id: teamId('u', 900), username: 'user-9142', name: 'Zoe Behind' })];
    const { user, requests } = await open({ users, usersBehind, usersTotal: 12_345 });
    await screen.findByText(/^The first 300 of 12,345$/);
    screen.getByText('The first 300 of 12,345 users');
    const field = screen.getByLabelText('Filter by name or email');
    await fill(user, field, ' 142 ');
    await screen.findByText('2 of 12,345 users');
    expect(names()).toEqual(['User 142', 'Zoe Behind']);
    expect(screen.queryByText(/^The first/)).toBeNull();
    const asked = requests('users.list').slice(1);
    expect(asked).toEqual([{ contextId: productionId, search: '142' }]);
    await user.selectOptions(screen.getByLabelText('Role'), 'viewer');
    screen.getByText('No user has that role and state.');
    await user.selectOptions(screen.getByLabelText('Role'), '');
    await fill(user, field, 'user');
    await screen.findByText('The first 100 of 301 found, of 12,345 users');
    await fill(user, field, 'nobody');
    await screen.findByText('No user matches the filter.');
    expect(document.activeElement).toBe(field);
    await user.clear(field);
    await screen.findByText('The first 300 of 12,345 users');
  });

  it('are made with a password that is told once', async () => {
    const { user, requests } = await open();
    await user.click(screen.getByRole('button', { name: 'New user' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'New user' }));
    await user.click(dialog.getByRole('button', { name: 'Make user' }));
    await dialog.findByText('Enter a user name.');
    await fill(user, dialog.getByLabelText('User name'), ' jonas ');
    await fill(user, dialog.getByLabelText('Email'), 'jonas@acme.example');
    await user.click(dialog.getByRole('button', { name: 'Make user' }));
    await dialog.findByText(/^That user name is taken\./);
    await fill(user, dialog.getByLabelText('User name'), 'jonas.w');
    await user.click(dialog.getByRole('button', { name: 'Make user' }));
    await dialog.findByText(/^That address belongs to another user\./);
    await fill(user, dialog.getByLabelText('Email'), 'jw@acme.example');
    await user.click(dialog.getByRole('radio', { name: 'Viewer' }));
    await user.click(dialog.getByRole('button', { name: 'Make user' }));
    const told = within(await screen.findByRole('dialog', { name: 'First password of jonas.w' }));
    const [contextId, email] = [productionId, 'jw@acme.example'];
    expect(requests('users.create').at(-1)).toEqual({
      ...{ contextId, username: 'jonas.w', email, name: null, role: 'viewer' },
    });
    expect(told.queryByText(toldPassword)).toBeNull();
    told.getByRole('button', { name: 'Close without the password' });
    await user.click(told.getByRole('button', { name: 'Reveal password' }));
    await told.findByText(toldPassword);
    await user.click(told.getByRole('button', { name: 'Hide password' }));
    expect(told.queryByRole('button', { name: 'Reveal password' })).toBeNull();
    await user.click(told.getByRole('button', { name: 'Done' }));
    await waitFor(() => {
      expect(requests('toldSecrets.close')).toEqual([{ heldId: heldKeyId }]);
    });
    await screen.findByRole('button', { name: 'jonas.w' });
  });

  it('are changed by what was changed alone', async () => {
    const { user, requests } = await open();
    await user.click(screen.getByRole('button', { name: 'Jonas Weber' }));
    const sheet = within(await screen.findByRole('dialog', { name: 'Jonas Weber' }));
    await user.click(sheet.getByRole('radio', { name: 'Administrator' }));
    sheet.getByText(/^All sessions of Jonas Weber end at once/);
    await user.click(sheet.getByRole('button', { name: 'Save changes' }));
    await screen.findByText('Changed Jonas Weber');
    const by = { contextId: productionId, userId: teamId('u', 2) };
    expect(requests('users.change')).toEqual([{ ...by, role: 'admin' }]);
    await fill(user, sheet.getByLabelText('Email'), ' jw@acme.example ');
    await user.click(sheet.getByRole('button', { name: 'Save changes' }));
    await waitFor(() => {
      expect(requests('users.change').at(-1)).toEqual({ ...by, email: 'jw@acme.example' });
    });
  });

  it('neither demote nor disable themselves', async () => {
    const { user } = await open();
    expect(screen.queryByRole('button', { name: 'Actions for Maya Chen' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Maya Chen' }));
    const sheet = within(await screen.findByRole('dialog', { name: 'Maya Chen' }));
    expect(sheet.queryByRole('radio')).toBeNull();
    sheet.getByText('Your own role is changed by another administrator.');
    expect(sheet.queryByRole('button', { name: /^(Disable|Reset)/ })).toBeNull();
  });

  it('are disabled and enabled again', async () => {
    const opened = await open();
    const { user, requests } = opened;
    await choose(opened, 'Jonas Weber', 'Disable…');
    await user.click(await screen.findByRole('button', { name: 'Disable user' }));
    await screen.findByText('Jonas Weber is disabled');
    await choose(opened, 'Jonas Weber', 'Enable…');
    await user.click(await screen.findByRole('button', { name: 'Enable user' }));
    await screen.findByText('Jonas Weber can sign in again');
    const by = { contextId: productionId, userId: teamId('u', 2) };
    expect(requests('users.change')).toEqual([
      { ...by, active: false },
      { ...by, active: true },
    ]);
  });

  it('get another password, which is handed over, or have to choose one', async () => {
    const opened = await open();
    const { user, requests } = opened;
    await choose(opened, 'Jonas Weber', 'Reset password…');
    await user.click(await screen.findByRole('button', { name: 'Reset password' }));
    await screen.findByRole('dialog', { name: 'New password of Jonas Weber' });
    await user.click(await screen.findByRole('button', { name: 'Copy password' }));
    await user.click(await screen.findByRole('button', { name: 'Done' }));
    const by = { contextId: productionId, userId: teamId('u', 2) };
    expect(requests('toldSecrets.copy')).toEqual([{ heldId: heldKeyId }]);
    expect(requests('users.resetPassword')).toEqual([by]);
    await choose(opened, 'Sofia Almeida', 'Have the password changed…');
    await user.click(await screen.findByRole('button', { name: 'Have it changed' }));
    await screen.findByText('Sofia Almeida chooses another password at the next sign-in');
    expect(requests('users.forcePasswordChange')).toEqual([{ ...by, userId: teamId('u', 3) }]);
  });

  it('that sign in elsewhere get no password here, and the dialog says so', async () => {
    const opened = await open({ failures: { 'users.resetPassword': { code: 'password_elsewhere' } } });
    await choose(opened, 'Jonas Weber', 'Reset password…');
    await opened.user.click(await screen.findByRole('button', { name: 'Reset password' }));
    await screen.findByText('That user has no password on this service');
  });
});
