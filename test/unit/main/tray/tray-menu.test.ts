import { describe, expect, it } from 'vitest';
import type { ContextSummary } from '../../../../contracts/domain/context.ts';
import { trayMenu, type TrayEntry, type TrayState } from '../../../../main/core/tray/tray-menu.ts';
import { sampleContext, stagingId } from '../../../support/samples.ts';

const answer = '2026-11-24T12:04:30';
const production = sampleContext({
  signIn: { state: 'signed_in', since: answer, checkedAt: answer, seenAt: answer },
});
const staging = sampleContext({ id: stagingId, name: 'Staging', current: false });

const locking = 'Locks after 15 min without use';

function unlocked(...contexts: ContextSummary[]): TrayState {
  return { vault: 'unlocked', locking, contexts, more: 0 };
}

/** The menu as lines of text, the entries of a submenu further to the right. */
function lines(entries: readonly TrayEntry[], indent = ''): string[] {
  return entries.flatMap((entry) => {
    switch (entry.kind) {
      case 'separator':
        return [`${indent}---`];
      case 'text':
        return [`${indent}"${entry.label}"`];
      case 'action':
        return [`${indent}${entry.label}${entry.enabled ? '' : ' (off)'}`];
      case 'radio':
        return [`${indent}${entry.checked ? '(x)' : '( )'} ${entry.label}`];
      case 'menu':
        return [`${indent}${entry.label} >`, ...lines(entry.entries, `${indent}  `)];
    }
  });
}

function menuLines(state: TrayState): string[] {
  return lines(trayMenu(state).entries);
}

describe('the tray’s menu', () => {
  it('tells nothing of a locked vault but that it is locked', () => {
    const menu = trayMenu({ vault: 'locked', locking, contexts: [production], more: 0 });
    expect(lines(menu.entries)).toEqual(['"Locked"', '---', 'Unlock Keyhold…', 'Quit Keyhold']);
    expect(menu).toMatchObject({ picture: 'locked', tooltip: 'Keyhold: Locked' });
  });

  it.each([
    ['missing', 'No vault yet'],
    ['damaged', 'The vault cannot be opened'],
    ['newer', 'The vault cannot be opened'],
  ] as const)('leads to the window when the vault is %s', (vault, text) => {
    expect(menuLines({ vault, locking, contexts: [], more: 0 })).toEqual([
      `"${text}"`,
      '---',
      'Open Keyhold',
      'Quit Keyhold',
    ]);
  });

  it('copies the tokens of the only context', () => {
    const menu = trayMenu(unlocked(production));
    expect(lines(menu.entries)).toEqual([
      '"Unlocked, Production"',
      '"Sign-in: signed in as of 12:04"',
      '"Locks after 15 min without use"',
      '---',
      'Copy token for 1 hour',
      'Copy token for 24 hours',
      'Copy curl command for 1 hour',
      'Copy curl command for 24 hours',
      '---',
      'Lock',
      'Open Keyhold',
      'Quit Keyhold',
    ]);
    expect(menu).toMatchObject({ picture: 'unlocked', tooltip: 'Keyhold: Unlocked, Production' });
  });

  it('offers the others’ tokens and the choice among several', () => {
    expect(menuLines(unlocked(production, staging))).toEqual([
      '"Unlocked, Production"',
      '"Sign-in: signed in as of 12:04"',
      '"Locks after 15 min without use"',
      '---',
      'Copy token for 1 hour',
      'Copy token for 24 hours',
      'Copy curl command for 1 hour',
      'Copy curl command for 24 hours',
      'Copy from another context >',
      '  Staging >',
      '    Token for 1 hour',
      '    Token for 24 hours',
      '    Curl command for 1 hour',
      '    Curl command for 24 hours',
      '---',
      'Context >',
      '  (x) Production',
      '  ( ) Staging',
      '---',
      'Lock',
      'Open Keyhold',
      'Quit Keyhold',
    ]);
  });

  it('says what each entry does', () => {
    const actions = trayMenu(unlocked(production)).entries.flatMap((entry) =>
      entry.kind === 'action' ? [entry.action] : [],
    );
    const copy = { do: 'copy', contextId: production.id };
    expect(actions).toEqual([
      { ...copy, ttl: '1h', form: 'raw' },
      { ...copy, ttl: '24h', form: 'raw' },
      { ...copy, ttl: '1h', form: 'curl' },
      { ...copy, ttl: '24h', form: 'curl' },
      { do: 'lock' },
      { do: 'open' },
      { do: 'quit' },
    ]);
  });

  it('offers no life that the service refuses, and no token before the key is registered', () => {
    expect(menuLines(unlocked(sampleContext({ maxTokenTtl: 3600 }))).slice(4, 8)).toEqual([
      'Copy token for 1 hour',
      'Copy token for 24 hours (off)',
      'Copy curl command for 1 hour',
      'Copy curl command for 24 hours (off)',
    ]);
    const pending = menuLines(unlocked(sampleContext({ state: 'pending' }))).slice(4, 8);
    expect(pending.every((line) => line.endsWith('(off)'))).toBe(true);
  });

  it.each([
    [{ state: 'unknown', checkedAt: null, since: null, seenAt: null }, 'Sign-in: not checked yet'],
    [
      { state: 'unreachable', since: '2026-11-24T12:05:00', seenAt: answer },
      'Sign-in: service not reached since 12:05, last seen signed in at 12:04',
    ],
    [{ state: 'not_accepted', checkedAt: answer }, 'Sign-in: not signed in: key refused at 12:04'],
    [{ state: 'refused', checkedAt: answer }, 'Sign-in: not signed in: refused at 12:04'],
    [
      { state: 'foreign', checkedAt: answer, seenAt: null },
      'Sign-in: not known: something else answered at 12:04',
    ],
    [{ state: 'expired', checkedAt: null }, 'Sign-in: not signed in: the key has expired'],
  ] as const)('says how the sign-in stands, and since when: %j', (facts, words) => {
    const context = sampleContext({ signIn: { ...production.signIn, ...facts } });
    expect(menuLines(unlocked(context))[1]).toBe(`"${words}"`);
  });

  it('is short with no context and with very many', () => {
    expect(menuLines(unlocked())).toEqual([
      '"Unlocked, no context yet"',
      '"Locks after 15 min without use"',
      '---',
      'Lock',
      'Open Keyhold',
      'Quit Keyhold',
    ]);
    const many = Array.from({ length: 10_000 }, (_, index) =>
      sampleContext({ id: `id-${String(index)}`, name: `Context ${String(index)}`, current: index === 9000 }),
    );
    const all = menuLines(unlocked(...many));
    expect(all.length).toBeLessThan(120);
    expect(all).toContain('  (x) Context 9000');
    expect(all).toContain('  9985 more in Keyhold…');
    expect(menuLines({ ...unlocked(production, staging), more: 9998 })).toContain('  9998 more in Keyhold…');
  });

  it('keeps long and odd names to one short line', () => {
    const name = `👩‍💻 ${'x'.repeat(60)}\nsecond`;
    const [state] = menuLines(unlocked(sampleContext({ name })));
    expect(state).toBe(`"Unlocked, 👩‍💻 ${'x'.repeat(29)}…"`);
    expect(menuLines(unlocked(sampleContext({ name: 'a\nb' })))[0]).toBe('"Unlocked, a\\u{a}b"');
  });
});
