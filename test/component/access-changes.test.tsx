import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { productionId } from '../support/samples.ts';
import { samplePrincipal } from '../support/world-access.ts';
import { applied, button, cell, gone, label, openMatrix, platform } from './open-matrix.tsx';

describe('changes of permissions', () => {
  it('are prepared by keys, looked at, made, and undone', async () => {
    const opened = await openMatrix();
    const { user, requests, world } = opened;
    await user.keyboard('3');
    expect(label(cell(/platform/, 0))).toBe('pending: delete, was push');
    screen.getByText('1 change pending');
    expect(requests('access.apply')).toEqual([]);
    await user.click(button('Apply'));
    await screen.findByText('1 change made');
    expect(document.activeElement).toBe(screen.getByRole('grid'));
    const change = { principal: platform, repository: 'acme/api', actions: ['read', 'write', 'delete'] };
    expect(requests('access.preview')).toMatchObject([{ organization: 'acme', changes: [change] }]);
    expect(applied(opened)).toMatchObject([
      { contextId: productionId, version: '1', changes: [{ ...change, expiresAt: null }] },
    ]);
    expect(label(cell(/platform/, 0))).toBe('delete, directly');
    expect(label(cell(/jonas/, 0))).toBe('delete, through a group');
    await user.click(button('Undo'));
    await screen.findByText('The changes are undone');
    await waitFor(() => {
      expect(label(cell(/platform/, 0))).toBe('push, directly');
    });
    expect(world.accessBatches).toHaveLength(2);
  });

  it('come round by clicks, and are none where they come back', async () => {
    const { user } = await openMatrix();
    const words: (string | null)[] = [];
    for (let click = 0; click < 5; click++) {
      await user.click(cell(/sofia/, 2));
      words.push(label(cell(/sofia/, 2)));
    }
    expect(words).toEqual([
      ...['pull', 'push', 'delete', 'admin'].map((word) => `pending: ${word}, was none`),
      'none',
    ]);
    expect(screen.queryByRole('region', { name: 'Pending changes' })).toBeNull();
  });

  it('are made of ranges, rows and columns, and the last is taken back by Ctrl+Z', async () => {
    const { user } = await openMatrix();
    await user.keyboard('{Shift>}{ArrowRight}{ArrowDown}{/Shift}1');
    screen.getByText('4 changes pending');
    await user.keyboard('{Control>}z{/Control}');
    await gone(/pending$/);
    await user.keyboard('{Escape}{Control>} {/Control}4');
    screen.getByText('6 changes pending');
    await user.keyboard('{Control>}z{/Control}{Escape}{Shift>} {/Shift}4');
    screen.getByText('3 changes pending');
    await user.click(screen.getByRole('columnheader', { name: /acme\/web/ }));
    await user.keyboard('1');
    // Those of the row, and of the column all but jonas, who has it, and the cell of both.
    screen.getByText('7 changes pending');
  });

  it('are made of a range that the mouse is drawn over, which changes nothing by itself', async () => {
    const { user } = await openMatrix();
    await user.pointer([
      { keys: '[MouseLeft>]', target: cell(/platform/, 0) },
      { target: cell(/jonas/, 1) },
      { target: cell(/maya/, 1) },
      { keys: '[/MouseLeft]', target: cell(/maya/, 1) },
    ]);
    screen.getByText('6 cells selected');
    expect(screen.queryByText(/pending$/)).toBeNull();
    // Back to where it began: no click either.
    await user.pointer([
      { keys: '[MouseLeft>]', target: cell(/sofia/, 2) },
      { target: cell(/sofia/, 1) },
      { target: cell(/sofia/, 2) },
      { keys: '[/MouseLeft]', target: cell(/sofia/, 2) },
    ]);
    expect(label(cell(/sofia/, 2))).toBe('none');
    await user.click(cell(/sofia/, 2));
    screen.getByText('1 change pending');
  });

  it('are told with what each is about, and the most first', async () => {
    const { user } = await openMatrix();
    await user.keyboard('3{ArrowDown}{ArrowRight}{ArrowRight}4');
    await user.click(button('Review'));
    const dialog = within(await screen.findByRole('dialog', { name: 'Review 2 changes' }));
    const gains = within(await dialog.findByRole('list', { name: 'Gain access' }));
    const told = gains.getAllByRole('listitem').map((item) => {
      const [kind] = item.querySelector('svg')?.getAttribute('aria-label') ?? '';
      return `${String(kind)} ${item.textContent.replace(/ on .*$/, '')}`;
    });
    expect(told).toEqual(['P jonas gains admin', 'G platform gains delete', 'P jonas gains delete']);
  });

  it('are listed to the last, once somebody asks for more than the first hundred', async () => {
    const accessRepositories = Array.from({ length: 130 }, (_, index) => ({
      ...{ name: `acme/r${String(index).padStart(3, '0')}`, public: false },
    }));
    const accessGrants = accessRepositories.slice(0, 1).map(({ name }) => ({
      ...{ principal: platform, repository: name, actions: ['read' as const, 'write' as const] },
      expiresAt: null,
    }));
    const { user } = await openMatrix({ accessRepositories, accessGrants });
    await user.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}{ArrowDown}{Shift>} {/Shift}2');
    await user.click(button('Review'));
    const dialog = within(await screen.findByRole('dialog', { name: 'Review 130 changes' }));
    const gains = within(await dialog.findByRole('list', { name: 'Gain access' }));
    expect(gains.getAllByRole('listitem')).toHaveLength(100);
    await user.click(dialog.getByRole('button', { name: 'Show 130' }));
    expect(gains.getAllByRole('listitem')).toHaveLength(130);
  });

  it('say what they cannot do where access comes from elsewhere', async () => {
    const { user } = await openMatrix();
    await user.keyboard('{ArrowDown}{ArrowDown}1');
    screen.getByText('Whoever is owner here has all access: a grant changes nothing while that is so.');
    await user.keyboard('{ArrowDown}1');
    screen.getByText('This account is closed or waits: a grant changes nothing until it is open.');
  });

  it('stay when another page is looked at', async () => {
    const { user } = await openMatrix();
    await user.keyboard('0');
    await user.click(screen.getByRole('link', { name: 'Settings' }));
    await screen.findByRole('heading', { level: 1, name: 'Settings' });
    await user.click(screen.getByRole('link', { name: 'Permissions' }));
    await screen.findByText('1 change pending');
    await waitFor(() => {
      expect(label(cell(/platform/, 0))).toBe('pending: none, was push');
    });
    await user.click(button('Discard'));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Discard' }));
    await gone('1 change pending');
  });

  it('of others are there when the page is opened again', async () => {
    const { user, world } = await openMatrix();
    await user.click(screen.getByRole('link', { name: 'Settings' }));
    await screen.findByRole('heading', { level: 1, name: 'Settings' });
    world.accessGrants = [
      { principal: platform, repository: 'acme/api', actions: ['read'], expiresAt: null },
    ];
    await user.click(screen.getByRole('link', { name: 'Permissions' }));
    await waitFor(() => {
      expect(label(cell(/platform/, 0))).toBe('pull, directly');
    });
  });

  it('ask before another organization is looked at, and wait in theirs', async () => {
    const accessOrganizations = [
      { slug: 'acme', name: 'Acme Industries' },
      { slug: 'northwind', name: 'Northwind' },
    ];
    const { user, requests } = await openMatrix({ accessOrganizations });
    const choose = (slug: string): Promise<void> =>
      user.selectOptions(screen.getByRole('combobox', { name: 'Organization' }), slug);
    await user.keyboard('0');
    await choose('northwind');
    const asked = await screen.findByRole('dialog', { name: 'Leave Acme Industries' });
    expect(requests('access.sides')).toHaveLength(1);
    await user.click(within(asked).getByRole('button', { name: 'Leave' }));
    await gone('1 change pending');
    await choose('acme');
    await screen.findByText('1 change pending');
  });

  it('or none: the organization that was looked at is there when the page is opened again', async () => {
    const accessOrganizations = [
      { slug: 'acme', name: 'Acme Industries' },
      { slug: 'northwind', name: 'Northwind' },
    ];
    const { user } = await openMatrix({ accessOrganizations });
    await user.selectOptions(screen.getByRole('combobox', { name: 'Organization' }), 'northwind');
    await user.click(screen.getByRole('link', { name: 'Settings' }));
    await screen.findByRole('heading', { level: 1, name: 'Settings' });
    await user.click(screen.getByRole('link', { name: 'Permissions' }));
    const chosen = await screen.findByRole<HTMLSelectElement>('combobox', { name: 'Organization' });
    expect(chosen.value).toBe('northwind');
  });

  it('are told in words, who gains and who loses', async () => {
    const { user } = await openMatrix();
    await user.keyboard('0{ArrowDown}{ArrowRight}{ArrowRight}2');
    await user.click(button('Review'));
    const dialog = await screen.findByRole('dialog', { name: 'Review 2 changes' });
    const loses = await within(dialog).findByRole('list', { name: 'Lose access' });
    expect(
      within(loses)
        .getAllByRole('listitem')
        .map(({ textContent }) => textContent),
    ).toEqual([
      'platform loses pull and push on acme/api; has no access any more',
      'jonas loses pull and push on acme/api; has no access any more',
    ]);
    const gains = within(within(dialog).getByRole('list', { name: 'Gain access' }));
    expect(gains.getByRole('listitem').textContent).toBe(
      'jonas gains push on acme/web, directly; keeps pull directly',
    );
  });

  it('that change nothing that anybody may do are told apart from those that do', async () => {
    const { user } = await openMatrix();
    // The first is what jonas has through platform already; the last gives something to platform, and to him nothing more.
    await user.keyboard('{ArrowDown}1{ArrowRight}{ArrowRight}2{ArrowUp}1');
    await user.click(button('Review'));
    const dialog = within(await screen.findByRole('dialog', { name: 'Review 3 changes' }));
    const idle = within(await dialog.findByRole('list', { name: 'Without effect' }));
    expect(idle.getByRole('listitem').textContent).toMatch(/^jonas on acme\/api: pull/);
  });

  it('that are refused are said with their reason, and can be left out', async () => {
    const opened = await openMatrix({ accessRefused: ['principal_gone'], accessOwnAdminLost: ['acme/api'] });
    const { user, world } = opened;
    await user.keyboard('0{ArrowRight}2');
    await user.click(button('Apply'));
    const dialog = within(await screen.findByRole('dialog', { name: 'Review 2 changes' }));
    await dialog.findByText('There is nobody of that name any more.');
    dialog.getByText('You take the right to administer from yourself');
    expect(applied(opened)).toEqual([]);
    const apply = dialog.getByRole('button', { name: 'Apply 2 changes' });
    expect(apply.getAttribute('aria-disabled')).toBe('true');
    world.accessRefused = [];
    await user.click(dialog.getByRole('button', { name: /^Leave out platform on acme\/api/ }));
    await waitFor(() => {
      expect(dialog.getByRole('button', { name: 'Apply 1 change' }).getAttribute('aria-disabled')).toBeNull();
    });
    await user.click(dialog.getByRole('button', { name: 'Apply 1 change' }));
    await screen.findByText('1 change made');
    expect(applied(opened)).toMatchObject([{ changes: [{ repository: 'acme/base' }] }]);
    // There is nothing left to review.
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    expect(document.activeElement).toBe(screen.getByRole('grid'));
  });
});

describe('changes that somebody else met', () => {
  const cells = [
    {
      principal: samplePrincipal({ reference: platform, kind: 'group', name: 'platform' }),
      ...{ repository: 'acme/api', actions: ['read' as const], changedBy: 'priya' },
      changedAt: '2026-11-24T13:54:00Z',
    },
  ];

  async function meet() {
    const opened = await openMatrix({ accessChanged: cells });
    await opened.user.keyboard('4');
    await opened.user.click(button('Apply'));
    const dialog = within(await screen.findByRole('dialog', { name: 'Review 1 change' }));
    await dialog.findByText('platform on acme/api (now pull, by priya)');
    opened.world.accessChanged = [];
    opened.world.accessVersion = 7;
    opened.world.accessGrants = [
      { principal: platform, repository: 'acme/api', actions: ['read'], expiresAt: null },
    ];
    return { ...opened, dialog };
  }

  it('are kept, reviewed on what there is now, and made on its version', async () => {
    const opened = await meet();
    const { user, dialog } = opened;
    await user.click(dialog.getByRole('button', { name: 'Keep mine' }));
    await gone('platform on acme/api (now pull, by priya)');
    const apply = dialog.getByRole('button', { name: 'Apply 1 change' });
    await waitFor(() => {
      expect(apply.getAttribute('aria-disabled')).toBeNull();
    });
    await user.click(apply);
    await screen.findByText('1 change made');
    const [first, second] = applied(opened);
    expect([first?.version, second?.version]).toEqual(['1', '7']);
    expect(second?.key).not.toBe(first?.key);
  });

  it('give way to theirs', async () => {
    const opened = await meet();
    await opened.user.click(opened.dialog.getByRole('button', { name: 'Take theirs' }));
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    expect(screen.queryByText(/pending$/)).toBeNull();
    expect(label(cell(/platform/, 0))).toBe('pull, directly');
    expect(applied(opened)).toHaveLength(1);
  });

  it('are sent again with the same key where the answer got lost, and nothing else is prepared', async () => {
    const opened = await openMatrix({ accessOutcome: { kind: 'unknown' } });
    const { user, world } = opened;
    await user.keyboard('4');
    await user.click(button('Apply'));
    const dialog = within(await screen.findByRole('dialog'));
    await dialog.findByText('The service was asked, and its answer got lost');
    await user.keyboard('{Escape}');
    await screen.findByText('Nobody knows yet whether 1 change was made');
    screen.getByRole('grid').focus();
    await user.keyboard('{ArrowRight}3');
    await screen.findByText(/^First find out what became of the last changes/);
    expect(label(cell(/platform/, 1))).toBe('pull, as everybody');
    world.accessOutcome = null;
    await user.click(button('Try again'));
    await screen.findByText('1 change made');
    const [first, second] = applied(opened);
    expect(second).toEqual(first);
  });

  it('stay where the service refuses them, and say why', async () => {
    const opened = await openMatrix({
      failures: { 'access.apply': { code: 'server_unreachable' } },
    });
    const { user, world } = opened;
    await user.keyboard('4');
    await user.click(button('Apply'));
    const dialog = within(await screen.findByRole('dialog'));
    await dialog.findByText('Nothing was lost: the changes are still pending.');
    world.failures = {};
    await user.click(dialog.getByRole('button', { name: 'Apply 1 change' }));
    await screen.findByText('1 change made');
    // The same batch, whatever became of it the first time.
    const [first, second] = applied(opened);
    expect(second).toEqual(first);
  });

  it('say once why they could not be looked at, and no more when they are looked at again', async () => {
    const { user, world, requests } = await openMatrix({
      failures: { 'access.preview': { code: 'server_unreachable' } },
    });
    await user.keyboard('4');
    await user.click(button('Apply'));
    const dialog = within(await screen.findByRole('dialog'));
    await dialog.findByText('Nothing was lost: the changes are still pending.');
    // The sheet asks as well, and has its answer once it waits no more.
    await waitFor(() => {
      expect(requests('access.preview')).toHaveLength(2);
      expect(dialog.queryByRole('status', { name: 'Loading' })).toBeNull();
    });
    expect(dialog.getAllByText('The service cannot be reached')).toHaveLength(1);
    world.failures = {};
    await user.keyboard('{Escape}');
    await user.click(button('Review'));
    const again = within(await screen.findByRole('dialog'));
    await again.findByRole('list', { name: 'Gain access' });
    expect(again.queryByText('The service cannot be reached')).toBeNull();
  });
});
