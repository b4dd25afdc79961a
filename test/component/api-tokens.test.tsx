import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { productionId } from '../support/samples.ts';
import { sampleOwnUser, sampleUsersContext, toldPassword } from '../support/samples-users.ts';
import { fill, openPage, type OpenWindow } from './open-window.tsx';

const contexts = [sampleUsersContext()];
const open = (facts: Parameters<typeof openPage>[1] = {}) => openPage('API tokens', { contexts, ...facts });

async function openForm({ user }: OpenWindow) {
  await user.click(await screen.findByRole('button', { name: 'Make API token' }));
  const form = within(await screen.findByRole('dialog', { name: 'New API token' }));
  await fill(user, form.getByLabelText('Name'), ' Nightly build ');
  return form;
}

describe('API tokens', () => {
  it('are listed with what they may do, where, and what used them last', async () => {
    await open();
    const row = (await screen.findByRole('button', { name: 'Nightly build' })).closest('tr')?.textContent;
    for (const words of ['9f3c01ab', 'Read, Write', '2 repositories', '198.51.100.7 · buildah/1.43']) {
      expect(row).toContain(words);
    }
    const old = (await screen.findByRole('button', { name: 'Old deploy' })).closest('tr')?.textContent;
    expect(old).toContain('Ended');
  });

  it('are made for what is ticked, and told once', async () => {
    const opened = await open();
    const { user, requests } = opened;
    const form = await openForm(opened);
    await user.click(form.getByLabelText('Read'));
    form.getByText('Choose what it may do.');
    await user.click(form.getByRole('button', { name: 'Make API token' }));
    expect(requests('apiTokens.create')).toEqual([]);
    await user.click(form.getByLabelText('Read'));
    await user.click(form.getByLabelText('Write'));
    form.getByText(/^May pull and push, in every repository that is open to you, until/);
    await user.selectOptions(form.getByLabelText('It ends'), 'none');
    await user.click(form.getByRole('button', { name: 'Make API token' }));
    const told = within(await screen.findByRole('dialog', { name: 'Nightly build' }));
    expect(requests('apiTokens.create')).toEqual([
      {
        ...{ contextId: productionId, name: 'Nightly build', repositories: null, expiresAt: null },
        scopes: ['repository:read', 'repository:write'],
      },
    ]);
    await user.click(told.getByRole('button', { name: 'Reveal token' }));
    await told.findByText(toldPassword);
    await user.click(told.getByRole('button', { name: 'Done' }));
    await waitFor(() => {
      expect(requests('toldSecrets.close')).toHaveLength(1);
    });
  });

  it('are for the repositories that are chosen', async () => {
    const opened = await open();
    const { user, requests } = opened;
    const form = await openForm(opened);
    await user.click(form.getByRole('radio', { name: 'Some repositories' }));
    await user.click(form.getByRole('button', { name: 'Make API token' }));
    expect(requests('apiTokens.create')).toEqual([]);
    await user.click(await form.findByRole('checkbox', { name: 'Select acme/shop' }));
    form.getByText(/^May pull, in 1 repository, until/);
    await user.click(form.getByLabelText('Manage users'));
    form.getByText(/^May pull, in 1 repository, and manage users, until/);
    await user.click(form.getByLabelText('Read'));
    form.getByText(/^May manage users, until/);
    await user.click(form.getByRole('button', { name: 'Make API token' }));
    await screen.findByRole('dialog', { name: 'Nightly build' });
    expect(requests('apiTokens.create')).toMatchObject([{ repositories: ['repo_1'] }]);
  });

  it('get from others than administrators no scope that is for them', async () => {
    const opened = await open({ ownUser: sampleOwnUser({ role: 'user' }) });
    const form = await openForm(opened);
    form.getByLabelText('See users');
    expect(form.queryByLabelText('Manage users')).toBeNull();
    expect(form.queryByLabelText('Everything')).toBeNull();
  });

  it('are revoked, once it was said what used them last', async () => {
    const { user, requests } = await open();
    await user.click(await screen.findByRole('button', { name: 'Actions for Nightly build' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Revoke…' }));
    await screen.findByText(/was used 3 minutes ago from 198\.51\.100\.7 by buildah\/1\.43/);
    await user.click(screen.getByRole('button', { name: 'Revoke token' }));
    await screen.findByText('Revoked “Nightly build”');
    expect(requests('apiTokens.revoke')).toEqual([{ contextId: productionId, id: 'tok_1' }]);
    await waitFor(() => {
      expect(screen.queryByRole('button', { name: 'Nightly build' })).toBeNull();
    });
  });
});
