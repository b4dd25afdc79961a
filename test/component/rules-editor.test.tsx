import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { readRule } from '../../contracts/permissions/rule.ts';
import { reachWords } from '../../renderer/features/rules/model/words.ts';
import { keeperFacts, sampleRulesContext, troubledRole } from '../support/samples-rules.ts';
import { roleId } from '../support/world-rules.ts';
import { contexts, field, openRules, toEnd, withText } from './open-rules.tsx';
import { openWindow, type OpenWindow } from './open-window.tsx';

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

describe('the editor of rules', () => {
  it('says of each line what it matches, of the keys that there are and of those to come', async () => {
    await openRules(
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
    const opened = await openRules(withText('tkeeper.key.*.sign'));
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
    const { user } = await openRules({ roles: [troubledRole] });
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
    expect(findings().filter((found) => found.startsWith('Line 13'))).toHaveLength(1);
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
    const opened = await openRules(withText('tkeeper.key.*.sign\ntkeeper.key.wallet-hot.sign'));
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

  it('leaves the line that is being written in peace until it is left, and what is wrong before its end never', async () => {
    const opened = await openRules(withText('tkeeper.key.*.sign'));
    const { user } = opened;
    await toEnd(opened, 1);
    const warned = (): string =>
      document.querySelector('[style*="translateY"][data-tone]')?.textContent ?? '';
    await user.keyboard('{Enter}-');
    // What was found out about the text as it is has come once the block of denies, or its absence, has.
    await user.keyboard('tkeeper.key.wallet-*.sign');
    await screen.findByRole('heading', { name: 'Denies: 1' });
    for (const typed of ['{Backspace}', '{Backspace}{Backspace}{Backspace}']) {
      await user.keyboard(typed);
      await waitFor(() => {
        const rules = screen.queryAllByText(field().value.split('\n')[1] ?? '', { selector: 'code' });
        expect(rules).toHaveLength(field().value.endsWith('.') ? 0 : 1);
      });
      expect(findings()).toEqual([]);
      expect(warned()).toBe('');
      expect(field().getAttribute('aria-invalid')).toBeNull();
      expect(described()).toBe('Line 2');
    }
    await toEnd(opened, 1);
    await screen.findByRole('heading', { name: '1 line cannot be read' });
    expect(warned()).toContain('An empty segment');
    // Whoever comes back is told, below the rules and in the list, and no third time behind the line.
    await toEnd(opened, 2);
    expect(described()).toBe('Line 2: An empty segment: one dot too many');
    expect(screen.getAllByText(/An empty segment/, { ignore: '[role="status"]' })).toHaveLength(2);
    await user.keyboard('.x');
    await screen.findByRole('heading', { name: '1 line cannot be read' });
    await user.keyboard('{Backspace}{Backspace}sig');
    await waitFor(() => {
      expect(findings()).toEqual([]);
    });
    await user.keyboard('{Escape}{Tab}');
    await screen.findByRole('heading', { name: '1 hint' });
    expect(findings()[0]).toMatch(/^Line 2Matches nothing/);
  });

  it('offers ids that begin alike by a star, too', async () => {
    const opened = await openRules(withText(''));
    await opened.user.click(field());
    await opened.user.keyboard('-tkeeper.key.wa');
    expect(offers()).toEqual([
      'wallet-*.',
      'wallet-cold.',
      'wallet-hot.',
      'wallet-hot-eu.',
      'wallet:treasury.',
    ]);
    await opened.user.keyboard('{Tab}');
    expect(field().value).toBe('-tkeeper.key.wallet-*.');
  });

  it('counts the keys that were read where the service has more', () => {
    const { rule } = readRule('tkeeper.key.*.sign');
    const keys = {
      ids: ['a', 'b'],
      state: 'some' as const,
      forbidden: null,
      error: null,
      retry: () => undefined,
    };
    expect(rule && reachWords(rule, keys)).toBe('matches 2 of 2 keys that were read, and future ones');
  });

  it('offers the catalogue and the keys that there are, and leaves Enter and the arrows to typing', async () => {
    const opened = await openRules(withText(''));
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
    const { user } = await openRules(withText(text));
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
    await toEnd({ user } as OpenWindow, 3);
    await user.keyboard('{Enter}-tkeeper.*.*.zzz{Enter}');
    await block.findByText('overrides no grant');
  });

  it('draws of thousands of lines only those in sight, and takes what is typed at once', async () => {
    const lines = Array.from({ length: 10_000 }, (_, index) => `tkeeper.key.wallet-${index}.sign`);
    const opened = await openRules({ ...withText(lines.join('\n')), ...keeperFacts({ keyIds: [] }) });
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
    const opened = await openRules();
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
    const opened = await openRules({ failures: { 'rules.saveRole': { code: 'storage_failed' } } });
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
