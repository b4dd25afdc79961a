import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { readRule } from '../../contracts/permissions/rule.ts';
import { reachWords } from '../../renderer/features/rules/model/words.ts';
import { keeperFacts, sampleRulesContext, troubledRole } from '../support/samples-rules.ts';
import { roleId, sampleRole } from '../support/world-rules.ts';
import { fill, openPage, openWindow, type OpenWindow } from './open-window.tsx';

const contexts = [sampleRulesContext()];

async function open(facts: Parameters<typeof openPage>[1] = {}): Promise<OpenWindow> {
  const opened = await openPage('Rules', { contexts, ...keeperFacts(), ...facts });
  await screen.findByRole('textbox', { name: 'Rules, one a line' });
  return opened;
}

const withText = (text: string, facts: Parameters<typeof sampleRole>[0] = {}) => ({
  roles: [sampleRole({ text, tests: [], ...facts })],
});

const field = (): HTMLTextAreaElement => screen.getByRole('textbox', { name: 'Rules, one a line' });
const offers = (): (string | null)[] =>
  screen.queryAllByRole('listbox', { name: 'What could be written' }).flatMap((list) =>
    within(list)
      .getAllByRole('option')
      .map(({ textContent }) => textContent),
  );
const described = (): string => {
  const [id = ''] = (field().getAttribute('aria-describedby') ?? '').split(' ');
  return document.getElementById(id)?.textContent ?? '';
};
const findings = (): string[] =>
  screen.queryAllByRole('list', { name: 'Findings' }).flatMap((list) =>
    within(list)
      .getAllByRole('listitem')
      .map(({ textContent }) => textContent),
  );

/** Puts the caret at the end of a line, as a click does. */
async function toEnd({ user }: OpenWindow, line: number): Promise<void> {
  const lines = field().value.split('\n').slice(0, line);
  const at = lines.join('\n').length;
  await user.click(field());
  field().setSelectionRange(at, at);
  await user.keyboard('{Control>}{/Control}');
}

describe('the editor of rules', () => {
  it('says of each line what it matches, of the keys that there are and of those to come', async () => {
    await open(
      withText(
        [
          'tkeeper.key.custody-*-prod.sign',
          'tkeeper.key.archive-*.*',
          'tkeeper.system.*',
          'tkeeper.key.wallet-hot.sign',
        ].join('\n'),
      ),
    );
    await screen.findByText('matches 4 of 12 keys, and future ones');
    screen.getByText('matches 0 of 12 keys, and future ones · 6 operations');
    screen.getByText('matches 3 operations');
    expect(screen.getAllByText('matches 1 of 12 keys')).not.toHaveLength(0);
  });

  it('reads each line while it is typed, and says why one cannot be read, for eyes and for screen readers', async () => {
    const opened = await open(withText('tkeeper.key.*.sign'));
    await toEnd(opened, 1);
    await opened.user.keyboard('{Enter}tkeeper.key.**.verify');
    expect(field().value).toBe('tkeeper.key.*.sign\ntkeeper.key.**.verify');
    await screen.findByRole('heading', { name: '1 line cannot be read' });
    expect(field().getAttribute('aria-invalid')).toBe('true');
    expect(described()).toMatch(/^Line 2: \*\* is not allowed/);
    await waitFor(() => {
      const spoken = screen.getAllByRole('status').map(({ textContent }) => textContent);
      expect(spoken).toContain('Line 2: ** is not allowed: write one segment for each *');
    });
    const underline = document.querySelector<HTMLElement>('[data-tone="error"][style*="width"]');
    expect(underline?.style.width).toBe('2ch');
    expect(underline?.style.left).toContain('12ch');
  });

  it('finds what is of no use, names the other line, and takes it away by a button', async () => {
    const { user } = await open({ roles: [troubledRole] });
    await screen.findByRole('heading', { name: /^5 lines cannot be read, \d hints/ });
    const expected = [
      'Line 3** is not allowed',
      'Line 4More than one * in a segment',
      'Line 5A space',
      'Line 6An empty segment',
      'Line 14Nothing follows the minus',
      'Line 2Line 1 grants all of this already',
      'Line 7Matches nothing that a keeper checks',
      'Line 8Grants nothing: line 10 denies all of it',
      'Line 11Denies what no line grants',
      'Line 12The same as line 1',
      'Line 13A letter that only looks like a',
    ];
    for (const words of expected) expect(findings().some((found) => found.startsWith(words))).toBe(true);
    // What keeps all of it from counting comes first.
    expect(findings()[0]).toMatch(/^Line 3/);
    await user.click(screen.getByRole('button', { name: 'Write one *: line 3' }));
    expect(field().value.split('\n')[2]).toBe('tkeeper.key.*.verify');
    await user.click(await screen.findByRole('button', { name: 'Remove spaces: line 5' }));
    expect(field().value.split('\n')[4]).toBe('tkeeper.key.wallethot.public');
    await user.click(await screen.findByRole('button', { name: 'Write a: line 13' }));
    expect(field().value.split('\n')[12]).toBe('tkeeper.key.wallet-cold.public');
    await user.click(await screen.findByRole('button', { name: 'Remove line: line 12' }));
    expect(field().value.split('\n')).toHaveLength(13);
    expect(field().value.split('\n')[11]).toBe('tkeeper.key.wallet-cold.public');
    await user.click(await screen.findByRole('button', { name: 'Line 7' }));
    expect(document.activeElement).toBe(field());
    expect(field().value.slice(field().selectionStart, field().selectionEnd)).toBe('tkeeper.audit.*');
  });

  it('says of a line that was changed nothing that was found out before', async () => {
    const opened = await open(withText('tkeeper.key.*.sign\ntkeeper.key.wallet-hot.sign'));
    await screen.findByRole('heading', { name: '1 hint' });
    await toEnd(opened, 2);
    expect(described()).toBe('Line 2: Line 1 grants all of this already. Matches 1 of 12 keys');
    await opened.user.keyboard('.x');
    expect(described()).not.toContain('already');
    await opened.user.keyboard('{Backspace}{Backspace}');
    await screen.findByRole('heading', { name: '1 hint' });
    await opened.user.click(screen.getByRole('button', { name: 'Remove line: line 2' }));
    expect(field().value).toBe('tkeeper.key.*.sign');
  });

  it('counts the keys that were read where the service has more', () => {
    const { rule } = readRule('tkeeper.key.*.sign');
    const keys = { ids: ['a', 'b'], state: 'some' as const, error: null, retry: () => undefined };
    expect(rule && reachWords(rule, keys)).toBe('matches 2 of 2 keys that were read, and future ones');
  });

  it('offers the catalogue and the keys that there are, and leaves Enter and the arrows to typing', async () => {
    const opened = await open(withText(''));
    const { user } = opened;
    await user.click(field());
    await user.keyboard('tk');
    expect(offers()).toEqual(['tkeeper.']);
    await user.keyboard('{Tab}');
    expect(field().value).toBe('tkeeper.');
    expect(document.activeElement).toBe(field());
    await user.keyboard('key.wallet-h');
    expect(offers()).toEqual(['wallet-hot.', 'wallet-hot-eu.']);
    const listed = screen.getByRole('listbox', { name: 'What could be written' });
    expect(field().getAttribute('aria-controls')).toBe(listed.id);
    expect(field().getAttribute('aria-activedescendant')).toBeNull();
    await user.keyboard('{ArrowDown}{ArrowDown}');
    expect(field().getAttribute('aria-activedescendant')).toBe(within(listed).getAllByRole('option')[1]?.id);
    await user.keyboard('{Enter}');
    expect(field().value).toBe('tkeeper.key.wallet-hot-eu.');
    expect(offers()).toContain('sign');
    await user.keyboard('sign');
    expect(offers()).toEqual([]);
    await user.keyboard('{Enter}tkeeper.key.');
    expect(offers().length).toBeGreaterThan(3);
    await user.keyboard('{Escape}');
    expect(offers()).toEqual([]);
    await user.keyboard('wallet');
    expect(offers()).toContain('wallet-hot.');
    await user.keyboard('{Enter}');
    expect(field().value).toBe('tkeeper.key.wallet-hot-eu.sign\ntkeeper.key.wallet\n');
    await user.keyboard('{Control>} {/Control}');
    expect(offers()).toEqual(['tkeeper.']);
    // Tab takes an offer only where there is one: it is no trap.
    await user.keyboard('{Escape}{Tab}');
    expect(document.activeElement).not.toBe(field());
  });

  it('has the denies in a block of their own, with what they override, and moves them to the end', async () => {
    const text = [
      '-tkeeper.key.master-*.sign',
      'tkeeper.key.*.sign',
      'tkeeper.key.master-root.sign',
      '',
    ].join('\n');
    const { user } = await open(withText(text));
    await screen.findByRole('heading', { name: 'Denies: 1' });
    const block = within(screen.getByRole('list', { name: 'Denies' }));
    block.getByText('overrides 2 grants');
    await user.click(screen.getByRole('button', { name: 'Move them to the end' }));
    expect(field().value).toBe(
      'tkeeper.key.*.sign\ntkeeper.key.master-root.sign\n-tkeeper.key.master-*.sign',
    );
    await waitFor(() => {
      expect(screen.queryByRole('button', { name: 'Move them to the end' })).toBeNull();
    });
  });

  it('draws of thousands of lines only those in sight, and takes what is typed at once', async () => {
    const lines = Array.from({ length: 10_000 }, (_, index) => `tkeeper.key.wallet-${index}.sign`);
    const opened = await open({ ...withText(lines.join('\n')), ...keeperFacts({ keyIds: [] }) });
    expect(document.querySelectorAll('[style*="translateY"]').length).toBeLessThan(80);
    field().setSelectionRange(0, 0);
    await opened.user.type(field(), '-', { initialSelectionStart: 0, initialSelectionEnd: 0 });
    expect(field().value.startsWith('-tkeeper.key.wallet-0.sign\n')).toBe(true);
    screen.getByText('Not saved');
    await opened.user.type(field(), '-\n', { initialSelectionStart: 0, initialSelectionEnd: 0 });
    await opened.user.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByText('Not saved: a role has 10,000 rules at most, not 10,001.');
    expect(opened.requests('rules.saveRole')).toEqual([]);
  });
});

describe('what is typed into a role', () => {
  it('is kept unsaved over tabs, pages, another context and a lock, which shows nothing of it, and is saved by a button', async () => {
    const facts = {
      contexts: [...contexts, sampleRulesContext({ id: roleId(77), name: 'Other', current: false })],
    };
    const opened = openWindow({ ...keeperFacts(), ...facts });
    const { user, world, emit, requests } = opened;
    const toRules = async (): Promise<void> => {
      await user.click(await screen.findByRole('link', { name: 'Rules' }));
      await screen.findByRole('textbox', { name: 'Rules, one a line' });
    };
    await toRules();
    await toEnd(opened, 4);
    await user.keyboard('{Enter}tkeeper.system.seal');
    await user.click(screen.getByRole('tab', { name: 'Simulator' }));
    await user.click(screen.getByRole('tab', { name: 'Roles' }));
    expect(field().value).toContain('tkeeper.system.seal');
    await user.click(screen.getByRole('link', { name: 'Settings' }));
    await toRules();
    expect(field().value).toContain('tkeeper.system.seal');
    world.contexts = world.contexts.map((context) => ({ ...context, current: !context.current }));
    act(() => emit('contextsChanged'));
    await waitFor(() => {
      screen.getByRole('button', { name: /^Context: Other/ });
    });
    await toRules();
    expect(field().value).toContain('tkeeper.system.seal');
    world.vault.state = 'locked';
    act(() => emit('vaultChanged'));
    await screen.findByRole('heading', { name: 'Unlock your vault' });
    expect(document.body.innerHTML).not.toMatch(/tkeeper|Auditor/);
    world.vault.state = 'unlocked';
    act(() => emit('vaultChanged'));
    await toRules();
    expect(field().value).toContain('tkeeper.system.seal');
    expect(requests('rules.saveRole')).toEqual([]);
    expect(requests('app.noteUnsaved')).toEqual([{ places: ['rules'] }]);
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByText('Auditor is saved');
    expect(requests('app.noteUnsaved')).toEqual([{ places: ['rules'] }, { places: [] }]);
    expect(requests('rules.saveRole')).toMatchObject([{ roleId: roleId(2), name: 'Auditor' }]);
    await waitFor(() => {
      expect(screen.queryByText('Not saved')).toBeNull();
    });
  });

  it('stays where more was typed while it was being saved', async () => {
    const opened = await open();
    const { user, api } = opened;
    await toEnd(opened, 4);
    await user.keyboard('{Enter}tkeeper.system.seal');
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { saveRole } = api.rules;
    vi.spyOn(api.rules, 'saveRole').mockImplementation(async (request) => {
      await released;
      return saveRole(request);
    });
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await toEnd(opened, 5);
    await user.keyboard('ed');
    release();
    await screen.findByText('Auditor is saved');
    expect(field().value).toContain('tkeeper.system.sealed');
    screen.getByText('Not saved');
  });

  it('stays where it cannot be saved, and is thrown away only by a question', async () => {
    const opened = await open({ failures: { 'rules.saveRole': { code: 'storage_failed' } } });
    const { user } = opened;
    await toEnd(opened, 4);
    await user.keyboard('{Enter}tkeeper.system.seal{Control>}s{/Control}');
    await screen.findByRole('alert');
    expect(field().value).toContain('tkeeper.system.seal');
    await user.click(screen.getByRole('button', { name: 'Discard…' }));
    const asked = within(await screen.findByRole('dialog', { name: /^Discard the changes of Auditor/ }));
    await user.click(asked.getByRole('button', { name: 'Discard changes' }));
    expect(field().value).not.toContain('tkeeper.system.seal');
    expect(screen.queryByText('Not saved')).toBeNull();
  });
});

describe('what must stay so', () => {
  it('is tried at each change, shown when it fails, and asked about before saving', async () => {
    const opened = await open();
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
    const { user, requests } = await open();
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
    const opened = await open();
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
    const opened = await open({ roles: [troubledRole] });
    await deed(opened, troubledRole.name, 'Export the claim…');
    await screen.findByText('Some rules cannot be read');
  });
});
