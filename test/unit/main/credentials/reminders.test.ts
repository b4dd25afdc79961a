import { afterEach, beforeEach, expect, it } from 'vitest';
import { Reminders } from '../../../../main/core/credentials/reminders.ts';
import { ManualClock } from '../signin/manual-clock.ts';
import { addContext, newVault, removeVaults, type VaultParts } from '../vault/vault-parts.ts';
import { newCredentials, testApiKey, testPasted, testSession } from './credential-parts.ts';

const hour = 60 * 60_000;
const day = 24 * hour;
const contextId = '3f0a3b52-6f5e-4b59-8a77-0d52f5b0c9a1';

let parts: VaultParts;
let clock: ManualClock;
let shown: string[];

const start = (): void => {
  const notifier = { show: (title: string) => shown.push(title) };
  new Reminders({ vault: parts.vault, clock, notifier }).check();
};

beforeEach(async () => {
  parts = await newVault();
  clock = new ManualClock(parts.clock.now());
  shown = [];
  addContext(parts.vault, contextId);
});
afterEach(removeVaults);

it('reminds of an API key a week before, a day before and at its end, once each', () => {
  const expiresAt = new Date(clock.now().getTime() + 30 * day).toISOString();
  newCredentials(parts).make(contextId, { ...testApiKey, expiresAt });
  start();
  clock.advance(22 * day);
  expect(shown).toEqual([]);
  clock.advance(day + 1);
  start();
  clock.advance(6 * day);
  start();
  clock.advance(3 * day);
  expect(shown).toEqual([
    'An API key of Work ends within a week',
    'An API key of Work ends within a day',
    'An API key of Work has ended',
  ]);
});

it('never reminds of an API key without an end', () => {
  newCredentials(parts).make(contextId, testApiKey);
  start();
  clock.advance(1000 * day);
  expect(shown).toEqual([]);
});

it('reminds of a session in its last hour and at its end, once each', () => {
  newCredentials(parts).make(contextId, testSession);
  start();
  clock.advance(10 * hour);
  expect(shown).toEqual([]);
  clock.advance(hour);
  start();
  expect(shown).toEqual(['Your session of Work ends within an hour']);
  clock.advance(3 * hour);
  start();
  expect(shown.slice(1)).toEqual(['Your session of Work has ended']);
});

it('reminds at once of a session that its service ended, and skips stages that nobody saw', () => {
  newCredentials(parts).make(contextId, testSession);
  parts.vault.sql().run('UPDATE sessions SET is_over = 1');
  start();
  clock.advance(day);
  expect(shown).toEqual(['Your session of Work has ended']);
});

it.each([
  [8 * hour, 7 * hour + 50 * 60_000],
  [10 * 60_000, 5 * 60_000],
])('reminds of a token of %d ms shortly before its end and at it, once each', (lasts, soon) => {
  const endsAt = new Date(clock.now().getTime() + lasts).toISOString();
  newCredentials(parts).make(contextId, { ...testPasted, endsAt });
  start();
  clock.advance(soon - 1);
  expect(shown).toEqual([]);
  clock.advance(1);
  start();
  expect(shown).toEqual(['Your token of Work ends soon']);
  clock.advance(lasts - soon);
  start();
  clock.advance(day);
  expect(shown).toEqual(['Your token of Work ends soon', 'Your token of Work has ended']);
});

it('looks once more at the moment when a token is over, though an hour has not passed', () => {
  const endsAt = new Date(clock.now().getTime() + 20 * 60_000).toISOString();
  newCredentials(parts).make(contextId, { ...testPasted, endsAt });
  start();
  clock.advance(10 * 60_000);
  clock.advance(10 * 60_000);
  expect(shown).toHaveLength(2);
});

it('never reminds of a dev token', () => {
  newCredentials(parts).make(contextId, { ...testPasted, form: 'dev-token', endsAt: null });
  start();
  clock.advance(1000 * day);
  expect(shown).toEqual([]);
});
