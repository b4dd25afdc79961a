import { screen, waitFor, within } from '@testing-library/react';
import { expect } from 'vitest';
import { teamId } from '../support/samples-team.ts';
import { groupId, samplePermissionsContext } from '../support/samples-users.ts';
import { openPage, type OpenWindow } from './open-window.tsx';

const { capabilities } = samplePermissionsContext();
export const contexts = [
  samplePermissionsContext({ org: 'acme', capabilities: [...capabilities, 'access'] }),
];
export const jonas = `user:${teamId('u', 2)}`;
export const sofia = `user:${teamId('u', 3)}`;
export const platform = `group:${groupId(3)}`;

/** The page, once its cells are read and the keyboard is in the grid, on the first cell: platform on acme/api. */
export async function openMatrix(facts: Parameters<typeof openPage>[1] = {}): Promise<OpenWindow> {
  const opened = await openPage('Permissions', { contexts, ...facts });
  const grid = await screen.findByRole('grid', { name: 'Who may do what' });
  await screen.findAllByRole('gridcell', { name: /^push/ });
  grid.focus();
  return opened;
}

export const rowOf = (name: RegExp): HTMLElement => {
  const row = screen.getAllByRole('row').find((each) => {
    const head = within(each).queryByRole('rowheader');
    return head !== null && name.test(head.textContent);
  });
  if (row === undefined) throw new Error(`There is no row ${String(name)}.`);
  return row;
};

/** The cell of a row in the column of a repository: api, base, web. */
export const cell = (name: RegExp, column: 0 | 1 | 2): HTMLElement => {
  const found = within(rowOf(name)).getAllByRole('gridcell')[column];
  if (found === undefined) throw new Error('There is no such cell.');
  return found;
};
export const label = (element: HTMLElement): string | null => element.getAttribute('aria-label');
export const button = (name: string | RegExp): HTMLElement => screen.getByRole('button', { name });
export const gone = (text: string | RegExp): Promise<void> =>
  waitFor(() => {
    expect(screen.queryByText(text)).toBeNull();
  });

/** What `access.apply` was asked, without its key. */
export const applied = ({ requests }: OpenWindow): { changes: unknown; key: string; version: string }[] =>
  requests('access.apply') as never;
