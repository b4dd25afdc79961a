import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { ContextSummary } from '../../contracts/domain/context.ts';
import { sampleContext, stagingId } from '../support/samples.ts';
import { applied, button, cell, contexts, gone, label, openMatrix, platform } from './open-matrix.tsx';
import { openWindow, type OpenWindow } from './open-window.tsx';

const question = 'changes of access are not applied';

/** The window with its gate, at the matrix, with two changes pending of cells that were read twice. */
async function openGate(facts: Parameters<typeof openWindow>[0] = {}): Promise<OpenWindow> {
  const opened = openWindow({ contexts, ...facts });
  await toMatrix(opened);
  await opened.user.click(screen.getByRole('link', { name: 'Settings' }));
  await toMatrix(opened);
  await waitFor(() => {
    expect(opened.requests('access.cells')).toHaveLength(2);
  });
  await opened.user.keyboard('3{ArrowRight}2');
  screen.getByText('2 changes pending');
  return opened;
}

async function toMatrix({ user }: OpenWindow): Promise<void> {
  await user.click(await screen.findByRole('link', { name: 'Permissions' }));
  await screen.findAllByRole('gridcell', { name: /push/ });
  screen.getByRole('grid').focus();
}

/** As when the vault locks by itself. */
async function lock({ world, emit }: OpenWindow): Promise<void> {
  world.vault.state = 'locked';
  act(() => {
    emit('vaultChanged');
  });
  await screen.findByRole('heading', { name: 'Unlock your vault' });
}

async function unlock({ world, emit }: OpenWindow): Promise<void> {
  world.vault.state = 'unlocked';
  act(() => {
    emit('vaultChanged');
  });
  await screen.findByRole('heading', { level: 1, name: 'Status' });
}

describe('pending changes of permissions', () => {
  it('are there again after a lock, which shows nothing of them, and are made as they were prepared', async () => {
    const opened = await openGate();
    await lock(opened);
    expect(document.body.textContent).not.toMatch(/acme|platform|pending/);
    opened.world.accessVersion = 9;
    await unlock(opened);
    await toMatrix(opened);
    await screen.findByText('2 changes pending');
    expect(label(cell(/platform/, 0))).toBe('pending: delete, was push');
    // One more, of what was read after: all stand on what was seen first.
    await opened.user.keyboard('{ArrowRight}{ArrowRight}1');
    await opened.user.click(button('Apply'));
    await screen.findByText('3 changes made');
    expect(applied(opened)).toMatchObject([{ version: '1', changes: [{ principal: platform }, {}, {}] }]);
    await lock(opened);
    await unlock(opened);
    await toMatrix(opened);
    expect(screen.queryByText(/pending$/)).toBeNull();
  });

  it.each([
    ['signed out and in again', { state: 'signed_out' as const, credential: null }],
    ['another user’s', { userId: 'u_another' }],
  ])('are gone once their context is %s', async (_, facts: Partial<ContextSummary>) => {
    const opened = await openGate();
    const [before] = opened.world.contexts;
    if (before === undefined) throw new Error('There is no context.');
    const become = async (after: Partial<typeof before>): Promise<void> => {
      const read = opened.requests('contexts.current').length;
      opened.world.contexts = [{ ...before, ...after }];
      act(() => {
        opened.emit('contextsChanged');
      });
      await waitFor(() => {
        expect(opened.requests('contexts.current').length).toBeGreaterThan(read);
      });
    };
    await become(facts);
    await gone('2 changes pending');
    expect(opened.requests('app.noteUnsaved')).toEqual([{ places: ['access'] }, { places: [] }]);
    await become({ userId: facts.userId ?? before.userId });
    await toMatrix(opened);
    expect(screen.queryByText(/pending$/)).toBeNull();
    expect(label(cell(/platform/, 0))).toBe('push, directly');
  });

  it('are told to main, which asks before the window goes, until they or their context are gone', async () => {
    const opened = await openGate();
    const { user, requests } = opened;
    const told = (): unknown[] => requests('app.noteUnsaved');
    expect(told()).toEqual([{ places: ['access'] }]);
    await lock(opened);
    await unlock(opened);
    expect(told()).toHaveLength(1);
    await user.click(await screen.findByRole('button', { name: 'Remove context…' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.type(dialog.getByRole('textbox'), 'Production');
    await user.click(dialog.getByRole('button', { name: 'Remove context' }));
    await waitFor(() => {
      expect(told()).toEqual([{ places: ['access'] }, { places: [] }]);
    });
  });

  it('whose answer the lock has swallowed may have been made: the same batch is sent again', async () => {
    const opened = await openGate({ failures: { 'access.apply': { code: 'vault_locked' } } });
    await opened.user.click(button('Apply'));
    await screen.findByRole('dialog', { name: 'Review 2 changes' });
    await lock(opened);
    opened.world.failures = {};
    await unlock(opened);
    await toMatrix(opened);
    await screen.findByText('Nobody knows yet whether 2 changes were made');
    await opened.user.click(button('Try again'));
    await screen.findByText('2 changes made');
    const [first, second] = applied(opened);
    expect(second).toEqual(first);
  });

  it('are asked about before a click locks: they are reviewed, or wait', async () => {
    const { user, requests } = await openMatrix();
    await user.keyboard('3{ArrowRight}2');
    await user.click(screen.getByRole('link', { name: 'Settings' }));
    await user.click(button('Lock'));
    const asked = await screen.findByRole('dialog', { name: `2 ${question}` });
    within(asked).getByText(/waits in Production until you unlock again/);
    expect(requests('vault.lock')).toEqual([]);
    await user.click(within(asked).getByRole('button', { name: 'Review' }));
    await screen.findByRole('dialog', { name: 'Review 2 changes' });
    await user.keyboard('{Escape}');
    await gone('Review 2 changes');
    await user.click(button('Lock'));
    await user.keyboard('{Enter}');
    expect(requests('vault.lock')).toEqual([{ by: 'click' }]);
  });

  it('hold up neither the lock’s keys nor, where there are none, a click', async () => {
    const { user, requests } = await openMatrix();
    await user.click(button('Lock'));
    screen.getByRole('grid').focus();
    await user.keyboard('3{Control>}l{/Control}');
    expect(requests('vault.lock')).toEqual([{ by: 'click' }, { by: 'shortcut' }]);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('are asked about before another context is looked at', async () => {
    const staging = sampleContext({ id: stagingId, name: 'Staging' });
    const { user, requests } = await openMatrix({ contexts: [...contexts, staging] });
    await user.keyboard('3');
    const toStaging = async (): Promise<HTMLElement> => {
      await user.click(button(/^Context: Production/));
      await user.click(await screen.findByRole('option', { name: /Staging/ }));
      return screen.findByRole('dialog', { name: '1 change of access is not applied' });
    };
    within(await toStaging()).getByText(/waits in Production until you come back/);
    await user.keyboard('{Escape}');
    await gone('1 change of access is not applied');
    expect(requests('contexts.setCurrent')).toEqual([]);
    await toStaging();
    await user.click(button('Switch anyway'));
    await waitFor(() => {
      expect(requests('contexts.setCurrent')).toEqual([{ contextId: stagingId }]);
    });
  });

  it('of one organization are reviewed there, also where another one is looked at', async () => {
    const accessOrganizations = [
      { slug: 'acme', name: 'Acme Industries' },
      { slug: 'northwind', name: 'Northwind' },
    ];
    const { user } = await openMatrix({ accessOrganizations });
    await user.keyboard('3');
    await user.selectOptions(screen.getByRole('combobox', { name: 'Organization' }), 'northwind');
    await user.click(button('Leave'));
    await gone('1 change pending');
    await screen.findAllByRole('gridcell', { name: /push/ });
    screen.getByRole('grid').focus();
    await user.keyboard('3');
    await screen.findByText('1 change pending');
    await user.click(button('Lock'));
    const asked = await screen.findByRole('dialog', { name: `2 ${question}` });
    await user.click(within(asked).getByRole('button', { name: 'Review' }));
    await screen.findByRole('dialog', { name: 'Review 1 change' });
    expect(screen.getByRole('combobox', { name: 'Organization', hidden: true })).toHaveProperty(
      'value',
      'acme',
    );
  });
});
