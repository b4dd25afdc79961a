import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Caller, Remember, Verdict } from '../../../../contracts/domain/approval.ts';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import { systemRandom } from '../../../../main/adapters/random.ts';
import { ApprovalService, type Decision } from '../../../../main/core/approvals/approval-service.ts';
import type { StoredContext } from '../../../../main/core/contexts/context-service.ts';
import { addContext } from '../registries/add-context.ts';
import { ManualClock } from '../signin/manual-clock.ts';
import { signInParts, type SignInParts } from '../signin/sign-in-parts.ts';

const minute = 60_000;
const skopeo: Caller = { program: 'skopeo', path: '/usr/bin/skopeo', parents: [{ pid: 7, name: 'bash' }] };
const other: Caller = { ...skopeo, path: '/tmp/skopeo' };

let clock: ManualClock;
let parts: SignInParts;
let approvals: ApprovalService;
let context: StoredContext;

beforeEach(async () => {
  clock = new ManualClock(new Date('2026-03-01T12:00:00Z'));
  parts = await signInParts(clock);
  approvals = parts.approvals;
  parts.asks = true;
  context = addContext(parts);
});
afterEach(async () => {
  await parts.dispose();
});

function decide(caller: Caller | null = skopeo, gone?: AbortSignal): Promise<Decision> {
  return approvals.decide({
    context,
    caller,
    purpose: 'credential',
    life: null,
    ...(gone === undefined ? {} : { gone: () => gone }),
  });
}

/** Answers the question that waits longest. */
function answer(verdict: Verdict, remember: Remember): void {
  approvals.answer(approvals.current().question?.id ?? '', verdict, remember);
}

describe('a use', () => {
  it('is allowed unasked while the setting is off', async () => {
    parts.asks = false;
    expect(await decide()).toBe('allowed');
    expect(approvals.current()).toEqual({ question: null, more: 0 });
  });

  it('waits for the answer, and is asked about again after “once”', async () => {
    const first = decide();
    expect(approvals.current().question).toMatchObject({
      contextName: context.name,
      host: context.host,
      caller: skopeo,
      requests: 1,
      endsAt: '2026-03-01T12:01:00.000Z',
    });
    answer('allow', 'once');
    expect(await first).toBe('allowed');
    const second = decide();
    answer('deny', 'once');
    expect(await second).toBe('denied');
    expect(approvals.rules()).toEqual([]);
    expect(parts.logged().slice(-2)).toEqual([
      `approval.allowed | ${context.name} | skopeo, once`,
      `approval.denied | ${context.name} | skopeo, once`,
    ]);
  });

  it('is one question for fifty requests of one program, and another for another program', async () => {
    let told = 0;
    approvals.onQuestions(() => (told += 1));
    const fifty = Array.from({ length: 50 }, () => decide());
    const foreign = decide(other);
    expect(approvals.current()).toMatchObject({ question: { requests: 50 }, more: 1 });
    answer('allow', 'once');
    expect(new Set(await Promise.all(fifty))).toEqual(new Set(['allowed']));
    expect(approvals.current()).toMatchObject({ question: { caller: other, requests: 1 }, more: 0 });
    answer('deny', 'once');
    expect(await foreign).toBe('denied');
    expect(told).toBe(53);
    expect(clock.pending).toBe(0);
  });

  it('of many lives at once is denied by one no, and nobody is worn down by more', async () => {
    const ask = (life: number, caller: Caller | null): Promise<Decision> =>
      approvals.decide({ context, caller, purpose: 'token', life });
    const asked = Array.from({ length: 40 }, (_, index) => ask(60 + index, null));
    const foreign = ask(60, other);
    expect(approvals.current().more).toBe(40);
    answer('deny', 'once');
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['denied']));
    expect(approvals.current(), 'another program is another question').toMatchObject({
      question: { caller: other },
      more: 0,
    });
    answer('allow', 'once');
    expect(await foreign).toBe('allowed');

    for (const life of [200, 201]) {
      const again = ask(life, null);
      answer('deny', 'once');
      expect(await again).toBe('denied');
    }
    expect(await ask(202, null)).toBe('paused');
    expect(await decide(null), 'a credential is another way to the same').toBe('paused');
    expect(approvals.current()).toEqual({ question: null, more: 0 });
    const tray = approvals.decide({ context, caller: null, purpose: 'tray_copy', life: 60 });
    answer('allow', 'once');
    expect(await tray, 'the tray is not paused by programs').toBe('allowed');

    clock.advance(10 * minute);
    const later = ask(203, null);
    answer('allow', 'once');
    expect(await later).toBe('allowed');
  });

  it.each(['lock', 'clock set back'])('is asked about again after a %s', async (end) => {
    for (let count = 0; count < 3; count += 1) {
      const asked = decide();
      answer('deny', 'once');
      expect(await asked).toBe('denied');
    }
    expect(await decide()).toBe('paused');
    if (end === 'lock') {
      parts.vault.lock('click');
      await parts.unlock();
    } else {
      clock.set(new Date('2025-03-01T12:00:00Z'));
    }
    const again = decide();
    answer('allow', 'once');
    expect(await again).toBe('allowed');
  });

  it('is asked about again when the clock was set back, whatever time the yes was for', async () => {
    const asked = decide();
    answer('allow', '1h');
    expect(await asked).toBe('allowed');
    expect(await decide()).toBe('allowed');
    clock.set(new Date('2025-03-01T12:00:00Z'));
    const again = decide();
    answer('deny', '1h');
    expect(await again).toBe('denied');
    clock.set(new Date('2024-03-01T12:00:00Z'));
    expect(await decide(), 'a no stays').toBe('denied');
  });

  it('is denied after 60 seconds without an answer', async () => {
    const asked = decide();
    clock.advance(minute - 1);
    expect(approvals.current().question).not.toBeNull();
    clock.advance(1);
    expect(await asked).toBe('timed_out');
    expect(parts.logged().at(-1)).toBe(`approval.denied | ${context.name} | skopeo, nobody answered`);
  });

  it('is over when the vault is locked', async () => {
    const asked = decide();
    parts.vault.lock('click');
    expect(await asked).toBe('locked');
    expect(approvals.current().question).toBeNull();
    await expect(decide()).rejects.toMatchObject({ code: 'vault_locked' });
  });

  it('is no longer asked about when all that waited are gone', async () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const asked = [decide(skopeo, first.signal), decide(skopeo, second.signal)];
    first.abort();
    expect(approvals.current().question).toMatchObject({ requests: 1 });
    second.abort();
    expect(await Promise.all(asked)).toEqual(['given_up', 'given_up']);
    expect(approvals.current().question).toBeNull();
    expect(await decide(skopeo, first.signal)).toBe('given_up');
  });
});

describe('a change that weakens approvals', () => {
  it('needs a yes, and the log has it', async () => {
    const done = approvals.confirm({ kind: 'stop_asking' });
    expect(approvals.current().question).toMatchObject({ about: 'change', change: { kind: 'stop_asking' } });
    answer('allow', 'always');
    await done;
    expect(parts.logged().at(-1)).toBe('approval.allowed | turn asking off');
    expect(approvals.rules()).toEqual([]);
  });

  it('is off when the vault locks', async () => {
    const done = approvals.confirm({ kind: 'stop_asking' });
    parts.vault.lock('click');
    await expect(done).rejects.toMatchObject({ code: 'vault_locked' });
    await expect(approvals.confirm({ kind: 'stop_asking' })).rejects.toMatchObject({ code: 'vault_locked' });
  });
});

it('a yes to a short life is none to a long one', async () => {
  const use = { context, caller: skopeo, purpose: 'token' } as const;
  const [short, long] = [approvals.decide({ ...use, life: 900 }), approvals.decide({ ...use, life: 86_400 })];
  expect(approvals.current()).toMatchObject({ question: { life: 900, requests: 1 }, more: 1 });
  answer('allow', 'once');
  answer('deny', 'once');
  expect(await Promise.all([short, long])).toEqual(['allowed', 'denied']);
});

describe('an answer that is remembered', () => {
  it.each<[Remember, number]>([
    ['20m', 20],
    ['1h', 60],
  ])('for %s holds so long and no longer', async (remember, minutes) => {
    const asked = decide();
    answer('allow', remember);
    await asked;
    clock.advance(minutes * minute - 1);
    expect(await decide()).toBe('allowed');
    clock.advance(1);
    expect(approvals.rules()).toEqual([]);
    const again = decide();
    answer('deny', 'once');
    expect(await again).toBe('denied');
  });

  it('until the lock is forgotten then', async () => {
    const asked = decide();
    answer('allow', 'lock');
    await asked;
    expect(approvals.rules()).toMatchObject([{ holds: 'lock', endsAt: null, contextName: context.name }]);
    parts.vault.lock('click');
    await parts.unlock();
    expect(approvals.rules()).toEqual([]);
  });

  it('for always outlives the app and a new data key, and can be taken back', async () => {
    const asked = decide();
    answer('allow', 'always');
    await asked;
    parts.vault.lock('click');
    await parts.unlock();
    const random = systemRandom;
    const logger = fileLogger(parts.folder, 'silent');
    const restarted = new ApprovalService({ ...parts, clock, random, logger, asks: () => true });
    const [rule] = restarted.rules();
    expect(rule).toMatchObject({ program: 'skopeo', path: skopeo.path, verdict: 'allow', holds: 'always' });
    expect(await restarted.decide({ context, caller: skopeo, purpose: 'token', life: 900 })).toBe('allowed');
    await restarted.removeRule(rule?.id ?? '');
    expect(restarted.rules()).toEqual([]);
    expect(parts.logged().at(-1)).toBe(`approval.rule_removed | ${context.name} | skopeo, allowed`);
    expect(approvals.rules(), 'read from the vault').toHaveLength(0);
  });

  it.each(['always', 'lock', '1h'] as const)('(%s) does not outlive its context', async (remember) => {
    const asked = decide();
    answer('allow', remember);
    await asked;
    const open = decide(other);
    parts.contexts.remove(context.id);
    expect(await open, 'asked about what is gone').toBe('given_up');
    expect(approvals.current()).toEqual({ question: null, more: 0 });
    // As from a backup: the ids are the same.
    addContext(parts, context);
    expect(approvals.rules()).toEqual([]);
    const again = decide();
    answer('deny', 'once');
    expect(await again).toBe('denied');
  });

  it('holds for that program and that context alone', async () => {
    const asked = decide();
    answer('allow', 'always');
    await asked;
    const elsewhere = addContext(parts, { host: 'other.example' });
    const open = [
      decide(other),
      approvals.decide({ context: elsewhere, caller: skopeo, purpose: 'credential', life: null }),
    ];
    expect(approvals.current().more).toBe(1);
    answer('deny', 'once');
    answer('deny', 'once');
    expect(await Promise.all(open)).toEqual(['denied', 'denied']);
  });

  it('denies also while nothing is asked, until a new answer takes its place', async () => {
    const asked = decide();
    answer('deny', 'always');
    await asked;
    parts.asks = false;
    expect(await decide()).toBe('denied');
    const forgets = approvals.removeRule(approvals.rules()[0]?.id ?? '');
    const change = { kind: 'forget_denial', program: 'skopeo', contextName: context.name };
    expect(approvals.current().question).toMatchObject({ about: 'change', change });
    answer('allow', 'once');
    await forgets;
    expect(await decide()).toBe('allowed');
  });

  it('that denies is not forgotten without a yes, by whoever asks for it, while nothing is asked', async () => {
    const asked = decide();
    answer('deny', 'always');
    await asked;
    parts.asks = false;
    const id = approvals.rules()[0]?.id ?? '';
    const no = approvals.removeRule(id);
    answer('deny', 'once');
    await expect(no).rejects.toMatchObject({ code: 'not_confirmed' });
    const silence = approvals.removeRule(id);
    clock.advance(minute);
    await expect(silence).rejects.toMatchObject({ code: 'not_confirmed' });
    expect(await decide()).toBe('denied');
    expect(parts.logged().at(-1)).toBe(
      `approval.denied | ${context.name} | forget that skopeo was denied, nobody answered`,
    );
    parts.asks = true;
    await approvals.removeRule(id);
    expect(approvals.rules(), 'the program is asked about from then on').toEqual([]);
  });

  it('is never one of a program that is not known', async () => {
    const asked = decide(null);
    answer('allow', 'always');
    expect(await asked).toBe('allowed');
    expect(approvals.rules()).toEqual([]);
  });
});

it('a rule that was moved to another context in the file counts for nothing', async () => {
  const asked = decide();
  answer('allow', 'always');
  await asked;
  const victim = addContext(parts, { host: 'other.example' });
  parts.vault.sql().run('UPDATE approval_rules SET context_id = ?', victim.id);
  parts.vault.lock('click');
  await parts.unlock();
  expect(approvals.rules()).toEqual([]);
});
