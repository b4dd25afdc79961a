import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { productionId } from '../support/samples.ts';
import { sampleActing, sampleProject, teamId } from '../support/samples-team.ts';
import { fill, openPage, type OpenWindow } from './open-window.tsx';

const shop = { contextId: productionId, projectId: teamId('prj', 1) };

async function openProject({ user }: OpenWindow, name: string) {
  await user.click(await screen.findByRole('button', { name }));
  return within(await screen.findByRole('dialog', { name }));
}

async function choose({ user }: OpenWindow, name: string, item: string): Promise<void> {
  await user.click(await screen.findByRole('button', { name: `Actions for ${name}` }));
  await user.click(await screen.findByRole('menuitem', { name: item }));
}

describe('projects', () => {
  it('are listed, and found among two hundred', async () => {
    const projects = Array.from({ length: 200 }, (_, index) =>
      sampleProject({ id: teamId('prj', index + 1), name: `service-${String(index)}`, branchCount: index }),
    );
    const { user } = await openPage('Projects', { projects });
    await fill(user, await screen.findByLabelText('Filter by name'), 'service-181');
    expect((await screen.findByRole('button', { name: 'service-181' })).closest('tr')?.textContent).toContain(
      '181',
    );
  });

  it('are made by a name that the service takes, and opened at once', async () => {
    const { user, requests } = await openPage('Projects');
    await user.click(await screen.findByRole('button', { name: 'New project' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'New project' }));
    const name = dialog.getByLabelText('Name');
    await fill(user, name, 'Web Shop');
    await user.click(dialog.getByRole('button', { name: 'Make project' }));
    await dialog.findByText(/^Use lower-case letters and digits/);
    await fill(user, name, 'shop');
    await user.click(dialog.getByRole('button', { name: 'Make project' }));
    await dialog.findByText(/^The organization has a project of that name\./);
    await fill(user, name, 'web-shop');
    await fill(user, dialog.getByLabelText('Default branch'), 'trunk');
    await user.click(dialog.getByRole('button', { name: 'Make project' }));
    const sheet = within(await screen.findByRole('dialog', { name: 'web-shop' }));
    await sheet.findByText('trunk');
    expect(requests('projects.create').at(-1)).toEqual({
      contextId: productionId,
      name: 'web-shop',
      defaultBranch: 'trunk',
    });
  });

  it('are renamed in their sheet', async () => {
    const opened = await openPage('Projects');
    const sheet = await openProject(opened, 'shop');
    await opened.user.click(sheet.getByRole('button', { name: 'Rename project…' }));
    await fill(opened.user, await sheet.findByLabelText('New name'), 'store');
    await opened.user.click(sheet.getByRole('button', { name: 'Rename' }));
    await screen.findByText('shop is store now');
    expect(opened.requests('projects.rename')).toEqual([{ ...shop, name: 'store' }]);
    await screen.findByRole('dialog', { name: 'store' });
  });

  it('are deleted once their name is typed; before, the keys that can do nothing without them are named', async () => {
    const opened = await openPage('Projects');
    const sheet = await openProject(opened, 'shop');
    await opened.user.click(sheet.getByRole('button', { name: 'Delete project…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Delete shop?' }));
    await dialog.findByText('1 API key is for it alone and can do nothing any more:');
    dialog.getByText('Deploy from GitLab');
    const remove = dialog.getByRole('button', { name: 'Delete project' });
    expect(remove.getAttribute('aria-disabled')).toBe('true');
    await opened.user.type(dialog.getByLabelText('Type shop to confirm'), 'shop');
    await opened.user.click(remove);
    await screen.findByText('Deleted shop');
    expect(opened.requests('projects.remove')).toEqual([shop]);
    await waitFor(() => {
      expect(screen.queryByRole('button', { name: 'shop' })).toBeNull();
    });
  });

  it('are neither made nor changed by viewers, nor deleted by members, and it says who may', async () => {
    const opened = await openPage('Projects', { acting: sampleActing({ role: 'viewer' }) });
    await screen.findByText('Viewers of acme may not make projects.');
    expect(screen.queryByRole('button', { name: 'New project' })).toBeNull();
    const sheet = await openProject(opened, 'shop');
    sheet.getByText('Viewers of acme may not make branches.');
    sheet.getByText('Viewers of acme may not rename projects.');
    sheet.getByText('Only admins and owners of acme may delete projects.');
    expect(sheet.queryByRole('button', { name: /^(New|Rename|Delete|Actions)/ })).toBeNull();
  });

  it('of which there are none say so, and lead to the first', async () => {
    const { user } = await openPage('Projects', { projects: [] });
    await screen.findByText('No projects in Acme Industries yet');
    await user.click(screen.getByRole('button', { name: 'New project' }));
    await screen.findByRole('dialog', { name: 'New project' });
  });

  it('that somebody else makes come up', async () => {
    const { world, emit } = await openPage('Projects');
    world.projects = [...world.projects, sampleProject({ id: teamId('prj', 9), name: 'newcomer' })];
    emit('organizationChanged', { contextId: productionId, lists: ['projects'] });
    await screen.findByRole('button', { name: 'newcomer' });
  });
});

describe('branches', () => {
  it('are made, and a name that is taken is said at its field', async () => {
    const opened = await openPage('Projects');
    const sheet = await openProject(opened, 'shop');
    await opened.user.click(sheet.getByRole('button', { name: 'New branch' }));
    await fill(opened.user, await sheet.findByLabelText('Branch name'), 'main');
    await opened.user.click(sheet.getByRole('button', { name: 'Make branch' }));
    await sheet.findByText(/^The project has a branch of that name\./);
    await fill(opened.user, sheet.getByLabelText('Branch name'), 'fix/cart');
    await opened.user.click(sheet.getByRole('button', { name: 'Make branch' }));
    await within(sheet.getByRole('table', { name: 'Branches' })).findByText('fix/cart');
    expect(opened.requests('projects.createBranch').at(-1)).toEqual({ ...shop, name: 'fix/cart' });
  });

  it('have the keyboard in the field of their name, with what it holds selected', async () => {
    const opened = await openPage('Projects');
    const sheet = await openProject(opened, 'shop');
    await opened.user.click(sheet.getByRole('button', { name: 'New branch' }));
    await waitFor(() => {
      expect(document.activeElement).toBe(sheet.getByLabelText('Branch name'));
    });
    await opened.user.click(sheet.getByRole('button', { name: 'Cancel' }));
    await choose(opened, 'feature/checkout', 'Rename…');
    await waitFor(() => {
      const field = sheet.getByLabelText<HTMLInputElement>('Branch name');
      expect(document.activeElement).toBe(field);
      expect(field.selectionEnd).toBe('feature/checkout'.length);
    });
  });

  it('are renamed and deleted, but for the default one', async () => {
    const opened = await openPage('Projects');
    const sheet = await openProject(opened, 'shop');
    await choose(opened, 'feature/checkout', 'Rename…');
    await fill(opened.user, await sheet.findByLabelText('Branch name'), 'feature/pay');
    await opened.user.click(sheet.getByRole('button', { name: 'Rename' }));
    await sheet.findByText('feature/pay');
    await opened.user.click(sheet.getByRole('button', { name: 'Actions for main' }));
    await screen.findByRole('menuitem', { name: 'Rename…' });
    expect(screen.queryByRole('menuitem', { name: 'Delete…' })).toBeNull();
    await opened.user.keyboard('{Escape}');
    await choose(opened, 'feature/pay', 'Delete…');
    await opened.user.click(await sheet.findByRole('button', { name: 'Delete branch' }));
    await waitFor(() => {
      expect(sheet.queryByText('feature/pay')).toBeNull();
    });
    expect(opened.requests('projects.removeBranch')).toEqual([{ ...shop, branchId: teamId('br', 2) }]);
  });
});
