import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { PreparedChange } from '../../contracts/ipc/access.ts';
import { fileProblemsMax } from '../../contracts/ipc/access-files.ts';
import { sampleAccess } from '../support/world-access.ts';
import { productionId } from '../support/samples.ts';
import type { World } from '../support/world.ts';
import { button, cell, jonas, label, openMatrix } from './open-matrix.tsx';
import type { OpenWindow } from './open-window.tsx';

const place = { contextId: productionId, organization: 'acme' };

async function choose({ user }: OpenWindow, item: string): Promise<void> {
  await user.click(button('Export and import'));
  await user.click(await screen.findByRole('menuitem', { name: item }));
}
const noProblems = { total: 0, first: [] };
const file = (facts: Partial<World['grantFile']>): Pick<World, 'grantFile'> => ({
  grantFile: {
    ...{ fileName: 'grants.csv', grants: 3, unchanged: 3, changes: [], missing: [] },
    ...{ problems: noProblems, ...facts },
  },
});
async function openImport(facts: Parameters<typeof openMatrix>[0] = {}) {
  const opened = await openMatrix(facts);
  await choose(opened, 'Import grants…');
  const name = opened.world.grantFile.fileName;
  return { ...opened, form: within(await screen.findByRole('dialog', { name: `Import ${name}` })) };
}

describe('export of grants', () => {
  it.each([
    ['CSV', 'csv'],
    ['JSON', 'json'],
  ])('to a file of %s is told with its name', async (word, format) => {
    const opened = await openMatrix();
    await choose(opened, `Export grants as ${word}…`);
    await screen.findByText(`3 grants in acme-grants.${format}.`);
    expect(opened.requests('accessFiles.export')).toEqual([{ ...place, format }]);
  });

  it('tells nothing where no file was chosen, and why it failed', async () => {
    const opened = await openMatrix({ savesAndPrints: false });
    await choose(opened, 'Export grants as CSV…');
    await waitFor(() => {
      expect(opened.requests('accessFiles.export')).toHaveLength(1);
    });
    expect(screen.queryByText('Grants exported')).toBeNull();
    opened.world.failures = { 'accessFiles.export': { code: 'too_many_grants' } };
    await choose(opened, 'Export grants as CSV…');
    await screen.findByText('There are more grants than a file takes');
  });
});

describe('import of grants', () => {
  it('says what the file has, and becomes pending changes: what it does not have stays', async () => {
    const { user, form, requests } = await openImport();
    for (const words of ['4 grants in the file', '2 as they are already', '1 change to what there is'])
      form.getByText(words);
    const problems = form.getByRole('list', { name: 'Entries that cannot be used' });
    expect(problems.textContent).toBe('Entry 3There is nobody of that name, or more than one:user:nadia');
    await user.click(form.getByRole('button', { name: 'Prepare 1 change' }));
    await screen.findByText('1 change added');
    await waitFor(() => {
      expect(label(cell(/^jonas/, 0))).toMatch(/^pending: push, was none/);
    });
    expect(label(cell(/^acme\/release/, 2))).not.toMatch(/pending/);
    expect(requests('access.apply')).toEqual([]);
  });

  it('takes away what the file does not have where that is wanted', async () => {
    const { user, form } = await openImport();
    await user.click(
      form.getByRole('checkbox', { name: 'Also take away 1 grant that the file does not have' }),
    );
    await user.click(form.getByRole('button', { name: 'Prepare 2 changes' }));
    await screen.findByText('2 changes added');
    await waitFor(() => {
      expect(label(cell(/^acme\/release/, 2))).toMatch(/^pending: none, was push/);
    });
  });

  it('has nothing to prepare where all is as the file says', async () => {
    const { user, form } = await openImport(file({}));
    form.getByText('All is as the file says: there is nothing to change.');
    await user.click(form.getByRole('button', { name: 'Done' }));
  });

  it('of what is only missing waits for the tick', async () => {
    const missing = [{ principal: jonas, repository: 'acme/web', actions: [], expiresAt: null }];
    const { user, form } = await openImport(file({ missing }));
    expect(form.getByRole('button', { name: 'Prepare' }).getAttribute('aria-disabled')).toBe('true');
    await user.click(form.getByRole('checkbox'));
    await user.click(form.getByRole('button', { name: 'Prepare 1 change' }));
    await screen.findByText('1 change added');
  });

  it('goes in parts where there is more than is made at once', async () => {
    const names = Array.from({ length: 1001 }, (_, index) => `acme/r${String(index).padStart(4, '0')}`);
    const changes: PreparedChange[] = names.map((repository) => ({
      ...{ principal: jonas, repository, actions: ['read'], expiresAt: null },
    }));
    const accessRepositories = [
      ...sampleAccess().accessRepositories,
      ...names.map((name) => ({ name, public: false })),
    ];
    const { user, form } = await openImport({
      ...file({ grants: 1001, unchanged: 0, changes }),
      accessRepositories,
    });
    form.getByText('1,000 at most are made at once: this goes in parts');
    await user.click(form.getByRole('button', { name: 'Prepare 1,001 changes' }));
    await screen.findByText('1,000 changes added');
    await screen.findByText(/^1 other is left over/);
  });

  it('lists the first of many problems, and says how many there are', async () => {
    const first = Array.from({ length: fileProblemsMax }, (_, index) => ({
      ...{ at: index + 1, code: 'unreadable' as const, text: `line ${String(index)}` },
    }));
    const { form } = await openImport(file({ problems: { total: 240, first } }));
    form.getByText('240 entries of the file cannot be used, and are left out');
    form.getByText('The first 100 are listed.');
    form.getByText('Nothing else of the file is other than what there is.');
    expect(form.getAllByText(/^Entry /)).toHaveLength(fileProblemsMax);
  });

  it('of what is no file of grants is told', async () => {
    const opened = await openMatrix({
      failures: { 'accessFiles.compare': { code: 'grant_file_unreadable' } },
    });
    await choose(opened, 'Import grants…');
    await screen.findByText('This is no file of grants');
  });
});
