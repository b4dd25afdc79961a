import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings, type Settings } from '../../../../contracts/domain/settings.ts';
import { LockController } from '../../../../main/core/lock/lock-controller.ts';
import type { Listener, SystemSignals } from '../../../../main/core/ports.ts';
import { ManualClock } from '../signin/manual-clock.ts';
import { signInParts, type SignInParts } from '../signin/sign-in-parts.ts';

/** Signals that the test sends. The real ones are sent over D-Bus in test/e2e/locking.spec.ts. */
class Signals implements SystemSignals {
  suspend: Listener = () => undefined;
  screenLock: Listener = () => undefined;

  onSuspend(listener: Listener): () => void {
    this.suspend = listener;
    return () => undefined;
  }

  onScreenLock(listener: Listener): () => void {
    this.screenLock = listener;
    return () => undefined;
  }
}

const minute = 60_000;
const start = new Date('2026-11-24T12:00:00.000Z');

/** Timers run on whatever is done to the wall clock. */
class SettableClock extends ManualClock {
  override now(): Date {
    return new Date(super.now().getTime() - wallClockBehind);
  }
}

let wallClockBehind: number;
let clock: ManualClock;
let parts: SignInParts;
let first: Signals;
let second: Signals;
let settings: Settings;
let lock: LockController;
/** When somebody last used the computer. */
let lastInput: number;

beforeEach(async () => {
  wallClockBehind = 0;
  clock = new SettableClock(start);
  parts = await signInParts(clock);
  parts.vault.lock();
  [first, second] = [new Signals(), new Signals()];
  settings = defaultSettings;
  lastInput = clock.now().getTime();
  lock = new LockController({
    vault: parts.vault,
    tokens: parts.tokens,
    clock,
    // The system counts idle time by its timers as well.
    idle: { seconds: () => Math.floor((clock.now().getTime() + wallClockBehind - lastInput) / 1000) },
    signals: [first, second],
    settings: () => settings,
  });
  await parts.unlock();
});
afterEach(async () => {
  await parts.dispose();
});

function lastLog(): string | undefined {
  return parts.logged().at(-1);
}

describe('idle time', () => {
  it('locks the vault after the time of the settings, and says why', () => {
    clock.advance(15 * minute - 1);
    expect(parts.vault.isUnlocked).toBe(true);
    clock.advance(1000);
    expect(parts.vault.isUnlocked).toBe(false);
    expect(lastLog()).toBe('vault.locked | idle');
  });

  it('begins anew with every sign of life', () => {
    for (let worked = 0; worked < 100; worked += 1) {
      clock.advance(14 * minute);
      lastInput = clock.now().getTime();
    }
    expect(parts.vault.isUnlocked).toBe(true);
    clock.advance(16 * minute);
    expect(parts.vault.isUnlocked).toBe(false);
  });

  it('counts from unlocking, whatever the system counts', async () => {
    lock.lock('click');
    clock.advance(60 * minute);
    await parts.unlock();
    clock.advance(14 * minute);
    expect(parts.vault.isUnlocked).toBe(true);
    clock.advance(2 * minute);
    expect(parts.vault.isUnlocked).toBe(false);
  });

  it('never locks when the settings say so, until they say otherwise', () => {
    settings = { ...settings, autoLockMinutes: null };
    clock.advance(24 * 60 * minute);
    expect(parts.vault.isUnlocked).toBe(true);
    settings = { ...settings, autoLockMinutes: 1 };
    clock.advance(minute);
    expect(parts.vault.isUnlocked).toBe(false);
  });

  it('is not put off by a clock that is set back', () => {
    wallClockBehind = 24 * 60 * minute;
    clock.advance(16 * minute);
    expect(parts.vault.isUnlocked).toBe(false);
  });

  it('is not looked at while the vault is locked', () => {
    expect(clock.pending).toBe(1);
    lock.lock('click');
    expect(clock.pending).toBe(0);
  });
});

describe('the system’s signals', () => {
  it.each([
    ['suspend', 'suspend', 'lockOnSuspend'],
    ['screenLock', 'screen_lock', 'lockOnScreenLock'],
  ] as const)('lock the vault: %s', async (signal, reason, setting) => {
    for (const source of [first, second]) {
      source[signal]();
      expect(parts.vault.isUnlocked).toBe(false);
      expect(lastLog()).toBe(`vault.locked | ${reason}`);
      await parts.unlock();
    }
    settings = { ...settings, [setting]: false };
    first[signal]();
    second[signal]();
    expect(parts.vault.isUnlocked).toBe(true);
  });

  it('that come twice lock once', () => {
    first.suspend();
    second.suspend();
    expect(parts.logged().filter((line) => line.startsWith('vault.locked'))).toHaveLength(2);
  });
});
