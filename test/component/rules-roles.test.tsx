import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { keeperFacts, troubledRole } from '../support/samples-rules.ts';
import { roleId } from '../support/world-rules.ts';
import { contexts, field, openRules, toEnd } from './open-rules.tsx';
import { fill, openPage, type OpenWindow } from './open-window.tsx';

describe('what must stay so', () => {
  it('is tried at each change, shown when it fails, and asked about before saving', async () => {
    const opened = await openRules();
    const { user, requests } = opened;
    await screen.findByText('Holds');
    expect(screen.getByRole('button', { name: 'Save' }).getAttribute('aria-disabled')).toBe('true');
    await toEnd(opened, 4);
    await user.keyboard('{Enter}tkeeper.key.wallet-*.sign');
    await screen.findByText('Fails');
    screen.getByText('1 test fails');
    screen.getByText(/^Granted by/);
    await user.click(screen.getByRole('button', { name: 'Save' }));
    const asked = within(await screen.findByRole('dialog', { name: 'What must stay so does not' }));
    asked.getByText('sign with wallet-hot must stay denied');
    expect(requests('rules.saveRole')).toEqual([]);
    await user.click(asked.getByRole('button', { name: 'Save all the same' }));
    await screen.findByText('Auditor is saved');
  });

  it('is noted for a key that there is or any other, once, and for operations of none', async () => {
    const { user, requests } = await openRules();
    const form = within(screen.getByRole('form', { name: 'New test' }));
    await user.click(form.getByRole('button', { name: 'Add test' }));
    form.getByText('Name a key.');
    await fill(user, form.getByRole('combobox', { name: 'Key' }), 'Not a key');
    await user.click(form.getByRole('button', { name: 'Add test' }));
    form.getByText('No key can be called that.');
    await fill(user, form.getByRole('combobox', { name: 'Key' }), 'to-come:one');
    await user.click(form.getByRole('button', { name: 'Add test' }));
    await screen.findByText('sign with to-come:one must stay denied');
    await user.selectOptions(form.getByLabelText('Operation'), 'system.seal');
    await user.selectOptions(form.getByLabelText('Must stay'), 'allowed');
    await user.click(form.getByRole('button', { name: 'Add test' }));
    await user.click(form.getByRole('button', { name: 'Add test' }));
    const tests = within(screen.getByRole('list', { name: 'Tests' }));
    expect(tests.getAllByRole('listitem')).toHaveLength(3);
    await user.click(tests.getByRole('button', { name: /^Remove the test: sign with to-come:one/ }));
    await user.click(tests.getByRole('button', { name: /^Remove the test: system.seal/ }));
    expect(screen.queryByText('Not saved')).toBeNull();
    expect(requests('rules.saveRole')).toEqual([]);
  });
});

describe('roles', () => {
  const list = () => within(screen.getByRole('list', { name: 'Roles' }));
  const deed = async ({ user }: OpenWindow, role: string, name: string): Promise<void> => {
    await user.click(screen.getByRole('button', { name: `Actions for ${role}` }));
    await user.click(await screen.findByRole('menuitem', { name }));
  };

  it('are made, called otherwise, duplicated as they are just now, and deleted by a question', async () => {
    const opened = await openPage('Rules', { contexts, ...keeperFacts(), roles: [] });
    const { user, requests } = opened;
    await user.click(await screen.findByRole('button', { name: 'New role' }));
    await user.type(await screen.findByLabelText('Name'), 'Auditor{Enter}');
    await screen.findByRole('heading', { level: 2, name: 'Auditor' });
    await waitFor(() => {
      expect(document.activeElement).toBe(field());
    });
    // Once: whoever comes back to the tab stays there.
    await user.click(screen.getByRole('tab', { name: 'Simulator' }));
    await user.click(screen.getByRole('tab', { name: 'Roles' }));
    expect(document.activeElement).not.toBe(field());
    await user.click(field());
    await user.paste('tkeeper.key.*.public');
    await deed(opened, 'Auditor', 'Duplicate…');
    await user.click(await screen.findByRole('button', { name: 'Make role' }));
    await screen.findByRole('heading', { level: 2, name: 'Auditor copy' });
    expect(field().value).toBe('tkeeper.key.*.public');
    await deed(opened, 'Auditor copy', 'Rename…');
    const dialog = within(await screen.findByRole('dialog', { name: 'Rename Auditor copy' }));
    await fill(user, dialog.getByLabelText('Name'), 'Auditor');
    await user.click(dialog.getByRole('button', { name: 'Rename' }));
    await waitFor(() => {
      expect(dialog.getByLabelText('Name').getAttribute('aria-invalid')).toBe('true');
    });
    await fill(user, dialog.getByLabelText('Name'), 'Reader');
    await user.click(dialog.getByRole('button', { name: 'Rename' }));
    await screen.findByRole('heading', { level: 2, name: 'Reader' });
    expect(
      list()
        .getAllByRole('button')
        .map(({ textContent }) => textContent),
    ).toEqual(['Auditor1 rule · not saved', 'Reader1 rule']);
    await deed(opened, 'Reader', 'Delete…');
    const asked = within(await screen.findByRole('dialog', { name: 'Delete the role Reader?' }));
    asked.getByText(/^Its 1 rule go with it\. Nobody’s access changes/);
    await user.click(asked.getByRole('button', { name: 'Delete role' }));
    await screen.findByText('The role Reader is deleted');
    expect(requests('rules.removeRole')).toHaveLength(1);
    await screen.findByRole('heading', { level: 2, name: 'Auditor' });
    expect(field().value).toBe('tkeeper.key.*.public');
  });

  it('go out as they are saved, as the claim, as a dev file, or to the clipboard', async () => {
    const opened = await openRules();
    const { user, requests } = opened;
    await deed(opened, 'Auditor', 'Export the claim…');
    await screen.findByText('Exported as Auditor.json');
    await deed(opened, 'Auditor', 'Export a dev file…');
    await screen.findByText('Exported as Auditor.conf');
    await deed(opened, 'Auditor', 'Copy as JSON');
    await screen.findByText('Copied as JSON');
    expect(requests('rules.copyRole')).toEqual([{ roleId: roleId(2) }]);
    await toEnd(opened, 4);
    await user.keyboard('{Enter}tkeeper.system.seal');
    await deed(opened, 'Auditor', 'Export the claim…');
    await screen.findByText(/^Save the role first/);
    await deed(opened, 'Auditor', 'Export a dev file…');
    await deed(opened, 'Auditor', 'Copy as JSON');
    expect(requests('rules.exportRole')).toHaveLength(2);
    expect(requests('rules.copyRole')).toHaveLength(1);
  });

  it('say what to correct where they cannot go out', async () => {
    const opened = await openRules({ roles: [troubledRole] });
    await deed(opened, troubledRole.name, 'Export the claim…');
    await screen.findByText('Some rules cannot be read');
  });
});
