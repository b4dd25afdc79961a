import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ipcContract } from '../../contracts/ipc/index.ts';
import { errorText } from '../../renderer/lib/error-text.ts';
import { sampleFindings, sampleTroubles } from '../support/world-doctor.ts';
import type { World } from '../support/world.ts';
import { openPage, openWindow, type OpenWindow } from './open-window.tsx';

const { password, variable, docker } = sampleTroubles;
const troubles = [password, variable, docker, ...sampleFindings()];

async function openDoctor(facts: Partial<World> = {}): Promise<OpenWindow & { sheet: HTMLElement }> {
  const opened = await openPage('Registries', facts);
  await opened.user.click(screen.getByRole('button', { name: /^Doctor/ }));
  return { ...opened, sheet: await screen.findByRole('dialog', { name: 'Doctor' }) };
}

describe('the Doctor', () => {
  it('says that all is well, and what it looked at', async () => {
    const { sheet } = await openDoctor();
    await within(sheet).findByText('All is well.');
    const rows = within(within(sheet).getByRole('list', { name: 'Findings' })).getAllByRole('listitem');
    expect(rows).toHaveLength(sampleFindings().length);
    for (const row of rows) expect(within(row).getByLabelText('All well')).toBeDefined();
  });

  it('counts what is wrong, and says of each what was found and why it matters', async () => {
    const { sheet } = await openDoctor({ findings: troubles });
    await within(sheet).findByText('2 things are broken, 1 is worth a look.');
    const row = within(sheet).getByText(password.subject).closest('li') ?? sheet;
    expect(within(row).getByLabelText('Broken')).toBeDefined();
    for (const words of [password.found, password.why]) expect(within(row).getByText(words)).toBeDefined();
  });

  it('mends one thing by its button, and shows how all stands then', async () => {
    const { user, sheet, requests } = await openDoctor({ findings: troubles });
    await user.click(await within(sheet).findByRole('button', { name: `Set up Docker: ${docker.subject}` }));
    await within(sheet).findByText('2 things are broken.');
    expect(requests('doctor.mend')).toEqual([{ id: docker.id }]);
    expect(within(sheet).queryByRole('button', { name: /^Set up Docker/ })).toBeNull();
  });

  it('has one action under way at a time', async () => {
    const { user, sheet, requests } = await openDoctor({ findings: troubles, hanging: ['doctor.mend'] });
    await user.click(await within(sheet).findByRole('button', { name: /^Remove password/ }));
    for (const name of [/^Set up Docker/, 'Check again']) {
      expect(within(sheet).getByRole('button', { name }).getAttribute('aria-disabled')).toBe('true');
    }
    expect(requests('doctor.mend')).toEqual([{ id: password.id }]);
  });

  it('mends nothing while it looks again', async () => {
    const { user, sheet, world } = await openDoctor({ findings: troubles });
    const mend = await within(sheet).findByRole('button', { name: /^Set up Docker/ });
    world.hanging = ['doctor.run'];
    await user.click(within(sheet).getByRole('button', { name: 'Check again' }));
    expect(mend.getAttribute('aria-disabled')).toBe('true');
  });

  it('has main copy the command that the person is to run', async () => {
    const { user, sheet, requests } = await openDoctor({ findings: troubles });
    await within(sheet).findByText(variable.mend.command);
    await user.click(within(sheet).getByRole('button', { name: `Copy command: ${variable.subject}` }));
    await screen.findByText('Command copied');
    expect(requests('doctor.copyCommand')).toEqual([{ id: variable.id }]);
  });

  it('looks again when asked, and each time it is opened', async () => {
    const { user, sheet, world, requests } = await openDoctor({ findings: troubles });
    await within(sheet).findByText(/are broken/);
    world.findings = sampleFindings();
    await user.click(within(sheet).getByRole('button', { name: 'Check again' }));
    await within(sheet).findByText('All is well.');
    await user.keyboard('{Escape}');
    world.findings = troubles;
    await user.click(await screen.findByRole('button', { name: /^Doctor/ }));
    await screen.findByText(/are broken/);
    expect(requests('doctor.run')).toHaveLength(3);
  });

  it('says while it looks that it does', async () => {
    const { sheet } = await openDoctor({ hanging: ['doctor.run'] });
    expect(within(sheet).getByText('Checking…')).toBeDefined();
    expect(within(sheet).queryByRole('list')).toBeNull();
  });

  it('says why it could not look', async () => {
    const { sheet } = await openDoctor({ failures: { 'doctor.run': { code: 'storage_failed' } } });
    const alert = await within(sheet).findByRole('alert');
    expect(alert.textContent).toContain(errorText('storage_failed').title);
  });

  it('says why a thing was not mended, whatever the reason', async () => {
    const { user, sheet, world } = await openDoctor({ findings: troubles });
    for (const code of ipcContract.calls.doctor.mend.errors) {
      world.failures = { 'doctor.mend': { code } };
      await user.click(await within(sheet).findByRole('button', { name: /^Remove password/ }));
      const told = await screen.findAllByText(errorText(code).title);
      expect(told.length).toBeGreaterThan(0);
      expect(within(sheet).getByText(/are broken/)).toBeDefined();
    }
  });

  it('is found in the palette', async () => {
    const { user } = openWindow({ findings: troubles });
    await screen.findByRole('heading', { level: 1 });
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await screen.findByRole('combobox'), 'doctor');
    await user.keyboard('{Enter}');
    await screen.findByRole('dialog', { name: 'Doctor' });
  });
});
