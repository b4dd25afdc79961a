import { screen, waitFor, within } from '@testing-library/react';
import type { UserEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { button, openMatrix } from './open-matrix.tsx';

const rows = (): string[] =>
  screen.queryAllByRole('rowheader').flatMap((head) => head.querySelector('bdi')?.textContent ?? []);
const columns = (): string[] =>
  screen.queryAllByRole('columnheader').flatMap((head) => head.querySelector('bdi')?.textContent ?? []);

async function having(user: UserEvent, trait: string): Promise<void> {
  await user.click(button(/^Filters/));
  await user.selectOptions(await screen.findByLabelText('With access that'), trait);
  await user.keyboard('{Escape}');
}

describe('access that nobody used', () => {
  it('is found: grants through which neither their principal nor a member of their group pulled or pushed', async () => {
    const { user, requests } = await openMatrix();
    expect(requests('access.cells')).toMatchObject([{ used: false }]);
    await having(user, 'unused');
    // Jonas pulled from acme/api through platform, and never from acme/web; the bot pushed to it.
    await waitFor(() => {
      expect([rows(), columns()]).toEqual([['jonas'], ['acme/web']]);
    });
    screen.getByText('Grants through which no pull or push is noted.');
    expect(requests('access.cells').at(-1)).toMatchObject({ used: true });
  });

  it('is not made up where the service does not tell what was used', async () => {
    const { user, requests } = await openMatrix({ accessUsed: null });
    await having(user, 'unused');
    await screen.findByText('The service does not tell what was used.');
    expect(rows()).toEqual([]);
    expect(requests('access.cells')).toHaveLength(2);
  });

  it('is said of a cell where somebody asks why, and from then on below the grid', async () => {
    const { user } = await openMatrix();
    expect(screen.queryByText(/never (used|pushed)/)).toBeNull();
    await user.keyboard('{ArrowDown}w');
    const dialog = within(await screen.findByRole('dialog', { name: 'jonas on acme/api' }));
    await dialog.findByText('Last use: pulled 3 days ago, no push noted.');
    await user.keyboard('{Escape}');
    await having(user, 'unused');
    await waitFor(() => {
      expect(rows()).toEqual(['jonas']);
    });
    screen.getByText(/; no use noted$/);
  });
});

describe('filters and sorting', () => {
  it('count what is pending as if it were made', async () => {
    const { user } = await openMatrix();
    // Sofia is given push on acme/web, platform loses it on acme/api; jonas keeps it until that is made.
    await user.keyboard('0{Control>}{End}{/Control}{ArrowUp}2');
    screen.getByText('2 changes pending');
    await having(user, 'push');
    await waitFor(() => {
      expect(rows()).toEqual(['jonas', 'maya', 'sofia', 'acme/release']);
    });
    await having(user, 'pending');
    await waitFor(() => {
      expect([rows(), columns()]).toEqual([
        ['platform', 'sofia'],
        ['acme/api', 'acme/web'],
      ]);
    });
    screen.getByText('Where changes were pending when you chose it.');
  });
});
