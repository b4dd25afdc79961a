import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { timeFromNow } from '../support/samples.ts';
import { sampleAccess } from '../support/world-access.ts';
import {
  applied,
  button,
  cell,
  contexts,
  jonas,
  label,
  openMatrix,
  platform,
  rowOf,
  sofia,
} from './open-matrix.tsx';
import { openPage } from './open-window.tsx';

describe('the matrix of permissions', () => {
  it('says of each cell what one may do, how, and until when', async () => {
    await openMatrix();
    expect(label(cell(/platform/, 0))).toBe('push, directly');
    expect(label(cell(/jonas/, 0))).toBe('push, through a group');
    expect(label(cell(/jonas/, 1))).toBe('pull, as everybody');
    expect(label(cell(/jonas/, 2))).toMatch(/^pull, directly until \d+ \w+/);
    expect(label(cell(/maya/, 0))).toBe('admin, by role');
    expect(label(cell(/sofia/, 2))).toBe('none');
    expect(label(cell(/release/, 2))).toBe('push, directly');
  });

  it('tells how large it is, and where each row, column and cell lies', async () => {
    await openMatrix();
    const grid = screen.getByRole('grid');
    // A head, three titles of sections, six rows.
    expect(grid.getAttribute('aria-rowcount')).toBe('10');
    expect(grid.getAttribute('aria-colcount')).toBe('4');
    expect(rowOf(/platform/).getAttribute('aria-rowindex')).toBe('3');
    expect(cell(/platform/, 2).getAttribute('aria-colindex')).toBe('4');
    const heads = screen.getAllByRole('columnheader').map(({ textContent }) => textContent);
    expect(heads[2]).toContain('acme/base, public');
  });

  it('never shows what is not read as known', async () => {
    await openPage('Permissions', { contexts, hanging: ['access.cells'] });
    const cells = await screen.findAllByRole('gridcell');
    expect(new Set(cells.map(label))).toEqual(new Set(['not read yet']));
  });

  it('says why cells could not be read, and reads them again', async () => {
    const { user, world } = await openPage('Permissions', {
      contexts,
      failures: { 'access.cells': { code: 'server_unreachable' } },
    });
    await screen.findByText('What is not read yet is not shown as known.');
    expect(label(cell(/platform/, 0))).toBe('not read yet');
    world.failures = {};
    await user.click(button('Try again'));
    await screen.findAllByRole('gridcell', { name: 'push, directly' });
  });

  it('reads them by itself once the service has answered something else', async () => {
    const { world, emit } = await openPage('Permissions', {
      contexts,
      failures: { 'access.cells': { code: 'server_unreachable' } },
    });
    await screen.findByText('What is not read yet is not shown as known.');
    world.failures = {};
    world.contexts = world.contexts.map((context) => ({
      ...context,
      signIn: { ...context.signIn, seenAt: timeFromNow(0) },
    }));
    act(() => {
      emit('signInChanged');
    });
    await screen.findAllByRole('gridcell', { name: 'push, directly' });
    expect(screen.queryByText('What is not read yet is not shown as known.')).toBeNull();
  });

  it('calls a role that it does not know what it is', async () => {
    const { accessPrincipals } = sampleAccess();
    await openMatrix({
      accessPrincipals: accessPrincipals.map((each) =>
        each.name === 'jonas' ? { ...each, role: 'other' as const } : each,
      ),
    });
    expect(rowOf(/jonas/).textContent).toContain('of another role');
  });

  it('reads its sides again where the cells tell of others', async () => {
    const { user, world, requests } = await openPage('Permissions', {
      contexts,
      failures: { 'access.cells': { code: 'server_unreachable' } },
    });
    await screen.findByText('What is not read yet is not shown as known.');
    world.accessPrincipals = world.accessPrincipals.filter(({ name }) => name !== 'platform');
    world.failures = {};
    await user.click(button('Try again'));
    await waitFor(() => {
      expect(requests('access.sides')).toHaveLength(2);
    });
    await screen.findAllByRole('gridcell', { name: 'admin, by role' });
    expect(screen.queryByText('platform')).toBeNull();
  });

  it('moves by keys, and names the cell where the keyboard is', async () => {
    const { user } = await openMatrix();
    const active = (): string | null => {
      const id = screen.getByRole('grid').getAttribute('aria-activedescendant') ?? '';
      return document.getElementById(id)?.closest('[role=row]')?.querySelector('bdi')?.textContent ?? null;
    };
    expect(active()).toBe('platform');
    await user.keyboard('{ArrowDown}{ArrowDown}');
    expect(active()).toBe('maya');
    await user.keyboard('{Control>}{End}{/Control}');
    expect(
      document.getElementById(screen.getByRole('grid').getAttribute('aria-activedescendant') ?? ''),
    ).toBe(cell(/release/, 2));
  });
});

describe('one cell', () => {
  it('says why by a key: each action with what decides about it', async () => {
    const { user } = await openMatrix();
    await user.keyboard('{ArrowDown}w');
    const dialog = within(await screen.findByRole('dialog', { name: 'jonas on acme/api' }));
    const why = await dialog.findByRole('list', { name: 'Why' });
    expect(why.textContent).toMatch(/through the group platform: granted by maya on/);
    expect(why.textContent).toMatch(/not allowed, as nothing gives it$/);
    dialog.getByText(/^They have push through a group: that stays/);
  });

  it('has its grant changed there, with an end', async () => {
    const opened = await openMatrix();
    const { user } = opened;
    await user.keyboard('{ArrowDown}{Enter}');
    const dialog = within(await screen.findByRole('dialog'));
    await user.selectOptions(dialog.getByLabelText('Level'), '3');
    await user.selectOptions(dialog.getByLabelText('It ends'), '7');
    const before = Date.now();
    await user.click(dialog.getByRole('button', { name: 'Add to pending changes' }));
    await user.click(button('Apply'));
    await screen.findByText('1 change made');
    const [{ changes }] = applied(opened) as unknown as [{ changes: { expiresAt: string }[] }];
    expect(changes).toMatchObject([{ principal: jonas, actions: ['read', 'write', 'delete'] }]);
    expect((Date.parse(changes[0]?.expiresAt ?? '') - before) / 86_400_000).toBeCloseTo(7, 1);
  });

  it('keeps its end when its level changes, and gets another by E', async () => {
    const opened = await openMatrix();
    const { user, world } = opened;
    const end = world.accessGrants[1]?.expiresAt;
    await user.keyboard('{ArrowDown}{End}2');
    await user.click(button('Apply'));
    await screen.findByText('1 change made');
    expect(applied(opened)).toMatchObject([{ changes: [{ principal: jonas, expiresAt: end }] }]);
    screen.getByRole('grid').focus();
    await user.keyboard('{Shift>} {/Shift}e');
    const dialog = within(await screen.findByRole('dialog', { name: 'Set the end' }));
    await user.selectOptions(dialog.getByLabelText('It ends'), 'none');
    await user.click(dialog.getByRole('button', { name: 'Set end' }));
    // Of three cells one has a grant.
    await screen.findByText('1 change pending');
  });
});

describe('rows and columns', () => {
  it('are narrowed by names, kinds, groups and what is in them', async () => {
    const { user } = await openMatrix();
    const rows = (): string[] =>
      screen.queryAllByRole('rowheader').flatMap((head) => head.querySelector('bdi')?.textContent ?? []);
    const filter = async (field: string, value: string): Promise<void> => {
      await user.click(button(/^Filters/));
      await user.selectOptions(await screen.findByLabelText(field), value);
      await user.keyboard('{Escape}');
    };
    await user.type(screen.getByLabelText('Filter by name'), 'example o');
    expect(rows()).toEqual(['jonas', 'omar', 'sofia']);
    await user.clear(screen.getByLabelText('Filter by name'));
    await filter('Members of', platform);
    expect(rows()).toEqual(['platform', 'jonas']);
    await filter('Members of', '');
    await filter('Show', 'bot');
    expect(rows()).toEqual(['acme/release']);
    await filter('Show', 'all');
    await filter('With access that', 'push');
    await waitFor(() => {
      expect(rows()).toEqual(['platform', 'jonas', 'maya', 'acme/release']);
    });
    await filter('With access that', 'ends');
    await screen.findByText('Nothing matches the filters');
    await user.click(button('Show all'));
    await waitFor(() => {
      expect(rows()).toHaveLength(6);
    });
  });

  it('are sorted by access, and compared, from the menus of their heads', async () => {
    const { user } = await openMatrix();
    const columns = (): string[] =>
      screen.getAllByRole('columnheader').flatMap((head) => head.querySelector('bdi')?.textContent ?? []);
    await user.keyboard('{ArrowDown}{ArrowLeft}{Enter}');
    await user.click(await screen.findByRole('menuitem', { name: 'Sort repositories by access here' }));
    await screen.findByText('By access of jonas.');
    expect(columns()).toEqual(['acme/api', 'acme/base, public', 'acme/web']);
    screen.getByRole('grid').focus();
    await user.keyboard('{ArrowLeft}{Enter}');
    await user.click(await screen.findByRole('menuitem', { name: 'Differs from…' }));
    const dialog = await screen.findByRole('dialog', { name: 'What differs from jonas' });
    await user.type(within(dialog).getByRole('combobox'), 'sofia{Enter}');
    await screen.findByText('Where jonas and sofia differ.');
    await waitFor(() => {
      expect(columns()).toEqual(['acme/api', 'acme/web']);
    });
  });

  it('have all that is known of them listed, from the menus of their heads', async () => {
    const { user } = await openMatrix();
    await user.keyboard('{ArrowDown}{ArrowLeft}{Enter}');
    await user.click(await screen.findByRole('menuitem', { name: 'What they can do' }));
    const jonas = await screen.findByRole('dialog', { name: 'What jonas can do' });
    await within(jonas).findByText('acme/api');
    await user.keyboard('{Escape}');
    await waitFor(() => {
      expect(document.activeElement).toBe(screen.getByRole('grid'));
    });
    await user.keyboard('{Home}{ArrowUp}{ArrowUp}{Enter}');
    await user.click(await screen.findByRole('menuitem', { name: 'Who can access it' }));
    const api = await screen.findByRole('dialog', { name: 'acme/api' });
    await within(api).findByText('platform');
  });

  it('have their access copied to others: what those have stays', async () => {
    const opened = await openMatrix();
    const { user } = opened;
    await user.keyboard('{Control>}{End}{/Control}{Home}{ArrowLeft}{Enter}');
    await user.click(await screen.findByRole('menuitem', { name: 'Copy access to…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Copy the access of acme/release' });
    await user.type(within(dialog).getByRole('combobox'), 'sofia{Enter}');
    await screen.findByText('1 change pending');
    await user.click(button('Apply'));
    await screen.findByText('1 change made');
    expect(applied(opened)).toMatchObject([
      { changes: [{ principal: sofia, repository: 'acme/web', actions: ['read', 'write'] }] },
    ]);
  });

  it('that are none say so', async () => {
    await openPage('Permissions', { contexts, accessOrganizations: [] });
    await screen.findByText('You administer no repository');
  });

  it('of another organization than the one in which the context acts say whose they are', async () => {
    const accessOrganizations = [{ slug: 'jonas', name: 'Jonas Weber' }];
    const { user } = await openPage('Permissions', {
      contexts: contexts.map((each) => ({ ...each, capabilities: [...each.capabilities, 'organizations'] })),
      accessOrganizations,
    });
    await screen.findByText('You administer no repository of Acme Industries');
    screen.getByText('Jonas Weber');
    await user.click(button('Ask for access'));
    await screen.findByRole('dialog', { name: 'Ask for access' });
  });
});
