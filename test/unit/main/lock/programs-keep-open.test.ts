import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings, type Settings } from '../../../../contracts/domain/settings.ts';
import { CredentialService } from '../../../../main/agent/credential-service.ts';
import { LockController } from '../../../../main/core/lock/lock-controller.ts';
import type { Listener } from '../../../../main/core/ports.ts';
import { addContext } from '../registries/add-context.ts';
import { ManualClock } from '../signin/manual-clock.ts';
import { signInParts, type SignInParts } from '../signin/sign-in-parts.ts';

const minute = 60_000;
const hour = 60 * minute;
const host = 'registry.example:5000';
const start = new Date('2026-11-24T12:00:00.000Z');

/** Timers run on whatever is done to the wall clock. */
class SettableClock extends ManualClock {
  behind = 0;

  override now(): Date {
    return new Date(super.now().getTime() - this.behind);
  }
}

let clock: SettableClock;
let parts: SignInParts;
let credentials: CredentialService;
let settings: Settings;
/** When the person last touched the computer. */
let touched: number;
let suspend: Listener;
let lockScreen: Listener;
let controller: LockController;

beforeEach(async () => {
  clock = new SettableClock(start);
  parts = await signInParts(clock);
  credentials = new CredentialService(parts);
  addContext(parts, { host });
  parts.vault.lock();
  settings = { ...defaultSettings, programsKeepOpenMinutes: 60 };
  touched = start.getTime();
  const signals = {
    onSuspend: (listener: Listener) => ((suspend = listener), () => undefined),
    onScreenLock: (listener: Listener) => ((lockScreen = listener), () => undefined),
  };
  controller = new LockController({
    vault: parts.vault,
    tokens: parts.tokens,
    clock,
    signals: [signals],
    // The system counts idle time by its timers as well.
    idle: { seconds: () => Math.floor((now() + clock.behind - touched) / 1000) },
    settings: () => settings,
  });
  await parts.unlock();
});
afterEach(async () => {
  await parts.dispose();
});

function now(): number {
  return clock.now().getTime();
}

/** A program asks for a credential; whether it got one. */
async function use(asked = host): Promise<boolean> {
  return (await credentials.get(asked)).kind === 'credential';
}

/** A build that asks every ten minutes for as long. */
async function build(ms: number): Promise<void> {
  for (let done = 0; done < ms; done += 10 * minute) {
    clock.advance(10 * minute);
    await use();
  }
}

describe('uses by programs', () => {
  it('keep the vault open for as long as was chosen, counted from the person’s last action', async () => {
    await build(50 * minute);
    expect(parts.vault.isUnlocked).toBe(true);
    clock.advance(10 * minute - 1);
    expect(parts.vault.isUnlocked).toBe(true);
    clock.advance(1000);
    expect(parts.vault.isUnlocked).toBe(false);
    expect(parts.logged().at(-1)).toBe('vault.locked | idle');
  });

  it('count from the person’s last action anew when they come back', async () => {
    await build(50 * minute);
    touched = now();
    await build(50 * minute);
    expect(parts.vault.isUnlocked).toBe(true);
    await build(20 * minute);
    expect(parts.vault.isUnlocked).toBe(false);
  });

  it('keep it open no longer than the usual time after the last one', async () => {
    await build(20 * minute);
    clock.advance(15 * minute - 1);
    expect(parts.vault.isUnlocked).toBe(true);
    clock.advance(1000);
    expect(parts.vault.isUnlocked).toBe(false);
  });

  it('do not count unless the settings say so', async () => {
    settings = defaultSettings;
    await build(20 * minute);
    expect(parts.vault.isUnlocked).toBe(false);
  });

  it.each([
    ['that are denied', () => (parts.asks = true)],
    ['that get nothing', () => (settings = { ...settings })],
  ])('%s do not count', async (_what, arrange) => {
    arrange();
    clock.advance(10 * minute);
    const asked = parts.asks ? use() : use('other.example');
    parts.approvals.answer(parts.approvals.current().question?.id ?? '', 'deny', 'once');
    expect(await asked).toBe(false);
    clock.advance(5 * minute);
    expect(parts.vault.isUnlocked).toBe(false);
  });

  it('by the person’s own window do not count: their keys and pointer do', async () => {
    clock.advance(10 * minute);
    await parts.tokens.mint(parts.contexts.list()[0]?.id ?? '', '15m');
    clock.advance(5 * minute);
    expect(parts.vault.isUnlocked).toBe(false);
  });

  it('of an earlier unlock do not count, nor one that comes when the lock is due', async () => {
    await build(50 * minute);
    controller.lock('click');
    await parts.unlock();
    const unlocked = controller.forecast();
    expect(unlocked?.at).toBe(new Date(now() + 15 * minute).toISOString());
    // The computer slept: time has passed, and nothing has looked at it yet.
    clock.set(new Date(now() + 20 * minute));
    await use();
    clock.advance(1000);
    expect(parts.vault.isUnlocked).toBe(false);
  });

  it.each([
    ['sleep', () => suspend],
    ['the screen', () => lockScreen],
  ])('do not put off the lock with %s', async (_what, signal) => {
    await use();
    signal()();
    expect(parts.vault.isUnlocked).toBe(false);
  });

  it('are not put off by a clock that is set back', async () => {
    clock.advance(10 * minute);
    await use();
    clock.behind = 24 * hour;
    clock.advance(16 * minute);
    expect(parts.vault.isUnlocked).toBe(false);
  });

  it('go no further where the clock is set back after each of them', async () => {
    for (let done = 0; done < 60; done += 10) {
      expect(parts.vault.isUnlocked).toBe(true);
      clock.advance(10 * minute);
      await use();
      clock.behind += 10 * minute;
    }
    // Between two looks nobody sees how far it was set back.
    clock.advance(6 * 15_000);
    expect(parts.vault.isUnlocked).toBe(false);
  });
});

it('says when the vault locks', async () => {
  const at = (ms: number): string => new Date(start.getTime() + ms).toISOString();
  expect(controller.forecast()).toEqual({ at: at(15 * minute), latest: at(hour) });
  await build(30 * minute);
  expect(controller.forecast()).toEqual({ at: at(45 * minute), latest: at(hour) });
  await build(20 * minute);
  expect(controller.forecast()).toEqual({ at: at(hour), latest: at(hour) });
  settings = { ...settings, autoLockMinutes: 120 };
  expect(controller.forecast()).toEqual({ at: at(2 * hour), latest: null });
  settings = { ...defaultSettings, autoLockMinutes: 120 };
  expect(controller.forecast()).toEqual({ at: at(2 * hour), latest: null });
  settings = { ...settings, autoLockMinutes: null };
  expect(controller.forecast()).toBeNull();
  controller.lock('click');
  settings = defaultSettings;
  expect(controller.forecast()).toBeNull();
});

type Step =
  | { kind: 'wait' | 'build'; ms: number }
  | { kind: 'touch' | 'use' | 'refused' | 'suspend' | 'screen' | 'unlock' }
  | { kind: 'settings'; autoLockMinutes: number; programsKeepOpenMinutes: number | null };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.integer({ max: 20 * minute, min: 1 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('build' as const), ms: fc.integer({ max: 3 * hour, min: 1 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('use' as const, 'refused' as const) }) },
  fc.record({
    kind: fc.constantFrom('touch' as const, 'suspend' as const, 'screen' as const, 'unlock' as const),
  }),
  fc.record({
    kind: fc.constant('settings' as const),
    autoLockMinutes: fc.integer({ min: 10, max: 60 }),
    programsKeepOpenMinutes: fc.option(fc.integer({ min: 30, max: 480 }), { freq: 4 }),
  }),
);

/** The rule, written down a second time: when the vault locks if nothing happens from now on. */
function due(person: number, program: number): number {
  const auto = (settings.autoLockMinutes ?? Infinity) * minute;
  const longest = (settings.programsKeepOpenMinutes ?? 0) * minute;
  return Math.max(person + auto, Math.min(program + auto, person + longest));
}

describe('whatever happens in whatever order', () => {
  let person: number;
  let program: number;
  /** When the settings, which may make the lock due at once, last changed. */
  let changed = 0;

  /** The times are looked at no more often than this. */
  const late = 15_000;

  function wait(ms: number): void {
    const was = parts.vault.isUnlocked;
    const at = due(person, program);
    clock.advance(ms);
    if (was && now() >= Math.max(at, changed) + late) expect(parts.vault.isUnlocked).toBe(false);
    if (was && now() < at) expect(parts.vault.isUnlocked).toBe(true);
  }

  async function useOnce(): Promise<void> {
    const was = parts.vault.isUnlocked;
    expect(await use()).toBe(was);
    // A use counts by the settings of its own time.
    const counts = settings.programsKeepOpenMinutes !== null && now() < due(person, program);
    if (was && counts) program = now();
  }

  async function unlock(): Promise<void> {
    if (parts.vault.isUnlocked) return;
    await parts.unlock();
    person = program = now();
  }

  async function take(one: Step): Promise<void> {
    switch (one.kind) {
      case 'wait':
        wait(one.ms);
        break;
      case 'build':
        for (let left = one.ms; left > 0; left -= 8 * minute) {
          wait(Math.min(left, 8 * minute));
          await useOnce();
        }
        break;
      case 'touch':
        touched = person = now();
        break;
      case 'use':
        await useOnce();
        break;
      case 'refused':
        expect(await use('other.example')).toBe(false);
        break;
      case 'unlock':
        await unlock();
        break;
      case 'settings':
        settings = { ...settings, ...one };
        changed = now();
        break;
      case 'suspend':
      case 'screen':
        (one.kind === 'suspend' ? suspend : lockScreen)();
        expect(parts.vault.isUnlocked).toBe(false);
    }
  }

  it('locks when it is due and not before, and says so', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        controller.lock('click');
        settings = { ...defaultSettings, programsKeepOpenMinutes: 60 };
        await unlock();
        for (const one of steps) {
          await take(one);
          const forecast = controller.forecast();
          expect(forecast === null).toBe(!parts.vault.isUnlocked);
          if (forecast === null || due(person, program) < now()) continue;
          expect(Date.parse(forecast.at) - due(person, program)).toBeLessThanOrEqual(1000);
          if (forecast.latest !== null) expect(forecast.latest >= forecast.at).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });
});
