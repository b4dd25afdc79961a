import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expiryStage } from '../../../../contracts/domain/key-expiry.ts';
import { dueStage } from '../../../../main/core/credentials/kind/due-reminder.ts';
import { Reminders } from '../../../../main/core/credentials/reminders.ts';
import { ManualClock } from '../signin/manual-clock.ts';
import { addContext, newVault, removeVaults, type VaultParts } from '../vault/vault-parts.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const day = 24 * 60 * 60 * 1000;
const inDays = (days: number): string => new Date(now + days * day).toISOString();

describe('the stage of a key', () => {
  it.each([
    [null, null],
    [inDays(7.001), null],
    [inDays(7), 'week'],
    [inDays(1.001), 'week'],
    [inDays(1), 'day'],
    [inDays(0.001), 'day'],
    [inDays(0), 'expired'],
    [inDays(-100), 'expired'],
  ])('that expires at %s is %s', (expiresAt, stage) => {
    expect(expiryStage(expiresAt, now)).toBe(stage);
  });
});

describe('a reminder', () => {
  it.each([
    [inDays(8), null, null],
    [inDays(6), null, 'week'],
    [inDays(6), 'week', null],
    [inDays(0.5), 'week', 'day'],
    [inDays(0.5), null, 'day'],
    [inDays(0.5), 'day', null],
    [inDays(-1), 'day', 'expired'],
    [inDays(-1), null, 'expired'],
    [inDays(-1), 'expired', null],
    [inDays(100), 'week', null],
    [null, 'week', null],
  ] as const)('for a key that expires at %s after “%s” is %s', (endsAt, reminded, due) => {
    expect(dueStage(expiryStage(endsAt, now), reminded)).toBe(due);
  });
});

describe('the reminders', () => {
  const contextId = '3f0a3b52-6f5e-4b59-8a77-0d52f5b0c9a1';
  let parts: VaultParts;
  let clock: ManualClock;
  let shown: string[];
  let reminders: Reminders;
  const start = (): Reminders =>
    new Reminders({ vault: parts.vault, clock, notifier: { show: (title) => shown.push(title) } });

  beforeEach(async () => {
    parts = await newVault();
    clock = new ManualClock(parts.clock.now());
    shown = [];
    addContext(parts.vault, contextId);
    parts.keys.create(contextId, 'laptop', 30);
    reminders = start();
  });
  afterEach(removeVaults);

  it('come a week before, a day before and at the end, once each, also over a restart', () => {
    reminders.check();
    clock.advance(22 * day);
    expect(shown).toEqual([]);
    clock.advance(day + 1);
    expect(shown).toEqual(['A key of Work expires within a week']);
    clock.advance(5 * day);
    start().check();
    expect(shown).toHaveLength(1);
    clock.advance(day + 1);
    expect(shown[1]).toBe('A key of Work expires within a day');
    clock.advance(3 * day);
    expect(shown).toHaveLength(3);
    expect(shown[2]).toBe('A key of Work has expired');
  });

  it('begin anew with another age limit, and end when the key is revoked', () => {
    const [key] = parts.keys.list(contextId);
    clock.advance(25 * day);
    reminders.check();
    parts.keys.setAge(key?.id ?? '', 90);
    clock.advance(60 * day);
    reminders.check();
    expect(shown).toEqual(['A key of Work expires within a week', 'A key of Work expires within a week']);
    parts.keys.endings.retire(key?.id ?? '', 'key revoked', true);
    clock.advance(30 * day);
    expect(shown).toHaveLength(2);
  });

  it('say nothing while the vault is locked', () => {
    reminders.check();
    parts.vault.lock();
    clock.advance(40 * day);
    expect(shown).toEqual([]);
  });
});
