import { fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ErrorBoundary } from '../../renderer/app/error-boundary.tsx';
import { capabilitySchema } from '../../contracts/domain/capability.ts';
import { pages } from '../../renderer/app/page-table.ts';
import { lazy } from '../../renderer/ui/lazy.tsx';
import { sampleContext } from '../support/samples.ts';
import { openPage, openWindow } from './open-window.tsx';

function pressed(key: string): string {
  return `{Control>}${key}{/Control}`;
}

async function heading(name: string): Promise<void> {
  await screen.findByRole('heading', { level: 1, name });
}

function links(): (string | null)[] {
  const nav = within(screen.getByRole('navigation', { name: 'Pages' }));
  return nav.getAllByRole('link').map((link) => link.querySelector('span')?.textContent ?? null);
}

const withoutRegistry = sampleContext({ capabilities: ['bots'] });

describe('the page table', () => {
  it('gives no two pages the same keys', () => {
    const digits = pages.flatMap(({ digit }) => digit ?? []);
    expect(new Set(digits).size).toBe(digits.length);
    expect(new Set(pages.map(({ letter }) => letter)).size).toBe(pages.length);
    for (const { letter } of pages) expect(letter).toMatch(/^[A-Z]$/);
  });
});

describe('a page that the context’s service has no use for', () => {
  it('is neither in the sidebar nor in the palette nor in the dialog of keys', async () => {
    const { user } = openWindow({ contexts: [withoutRegistry] });
    await heading('Status');
    expect(links()).not.toContain('Repositories');
    await user.keyboard(pressed('k'));
    await user.type(await screen.findByRole('combobox', { name: /Search pages/ }), 'repositories');
    await screen.findByText('Nothing of that name.');
    await user.keyboard('{Escape}');
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    await user.keyboard(pressed('/'));
    const sheet = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' });
    expect(within(sheet).queryByText('Repositories')).toBeNull();
  });

  it('leaves every other page its own keys', async () => {
    const { user } = openWindow({ contexts: [withoutRegistry] });
    await heading('Status');
    await user.keyboard(pressed('5'));
    await heading('Status');
    await user.keyboard(pressed('6'));
    await heading('Bots');
    await user.keyboard(`${pressed('g')}p`);
    await heading('Bots');
    await user.keyboard(`${pressed('g')}a`);
    await heading('Activity');
  });

  it('gives way to Status when it is open, and comes back with the capability', async () => {
    const { world, emit } = await openPage('Repositories');
    world.contexts = [withoutRegistry];
    emit('contextsChanged');
    await heading('Status');
    expect(links()).not.toContain('Repositories');
    world.contexts = [sampleContext()];
    emit('contextsChanged');
    await waitFor(() => {
      expect(links()).toContain('Repositories');
    });
  });

  it('is there as long as no context is: it says how to add one', async () => {
    openWindow({ contexts: [] });
    await screen.findByRole('heading', { name: 'Add your first context' });
    expect(links()).toEqual(pages.map(({ label }) => label));
  });
});

describe('keys', () => {
  it('Ctrl+G and its letter open each page', async () => {
    const context = sampleContext({ capabilities: [...capabilitySchema.options] });
    const { user } = openWindow({ contexts: [context] });
    await heading('Status');
    // Backwards, for the window begins on the first.
    for (const { letter, label } of pages.toReversed()) {
      await user.keyboard(`${pressed('g')}${letter.toLowerCase()}`);
      await heading(label);
    }
  });

  it('are waited for once: another letter ends it, and is typed where one types', async () => {
    const { user } = await openPage('Activity');
    const filter = await screen.findByLabelText('Filter by context or detail');
    await user.click(filter);
    await user.keyboard(`${pressed('g')}xs`);
    expect(filter).toHaveProperty('value', 'xs');
    await heading('Activity');
  });

  it('are read as printed, by their place only where they print none of ours', async () => {
    openWindow();
    await heading('Status');
    // German: / is Shift and 7. It is not the seventh page.
    fireEvent.keyDown(document.body, { key: '/', code: 'Digit7', ctrlKey: true, shiftKey: true });
    await screen.findByRole('dialog', { name: 'Keyboard shortcuts' });
    fireEvent.keyDown(document.body, { key: '/', code: 'Digit7', ctrlKey: true, shiftKey: true });
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    // French: digits are behind Shift.
    fireEvent.keyDown(document.body, { key: 'é', code: 'Digit2', ctrlKey: true });
    await heading('Keys');
    // AltGr comes as Ctrl and Alt on some systems.
    fireEvent.keyDown(document.body, { key: '1', code: 'Digit1', ctrlKey: true, altKey: true });
    await heading('Keys');
  });
});

it('code that cannot be loaded is said, and asked for again by the button', async () => {
  let there = false;
  const Page = lazy(() =>
    there ? Promise.resolve(() => <p>The page</p>) : Promise.reject(new TypeError('Failed to fetch')),
  );
  render(
    <ErrorBoundary around="page">
      <Page />
    </ErrorBoundary>,
  );
  await screen.findByText('This page could not be loaded');
  there = true;
  fireEvent.click(screen.getByRole('button', { name: 'Open the page again' }));
  await screen.findByText('The page');
});
