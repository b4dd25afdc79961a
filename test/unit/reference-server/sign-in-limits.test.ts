import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { SignInLimits, signInRules } from '../../../reference-server/limits/sign-in-limits.ts';
import type { SignInOutcome } from '../../../reference-server/limits/sign-in-limits.ts';

/** Every form that two accounts can be named in; `x` stands for nobody. */
const accounts: Readonly<Record<string, string>> = {
  maya: 'u_maya',
  ' MAYA ': 'u_maya',
  'maya@acme.example': 'u_maya',
  jonas: 'u_jonas',
  'Jonas@acme.example': 'u_jonas',
};

let time: number;
let limits: SignInLimits;
/** How often a password was looked at, and how often it only seemed so. */
let work: { checked: number; pretended: number };
const restart = () => {
  time = Date.parse('2026-01-01T00:00:00Z');
  limits = new SignInLimits(() => new Date(time));
  work = { checked: 0, pretended: 0 };
};
beforeEach(restart);

function attempt(
  name: string,
  { right = false, network = 'a', known = true }: { right?: boolean; network?: string; known?: boolean } = {},
): Promise<SignInOutcome<string>> {
  return limits.attempt({
    name,
    account: known ? (accounts[name] ?? null) : null,
    network,
    check: () => {
      work.checked += 1;
      return Promise.resolve(right ? 'in' : null);
    },
    pretend: () => {
      work.pretended += 1;
      return Promise.resolve();
    },
  });
}

const kinds = async (tries: Promise<SignInOutcome<string>>[]) =>
  (await Promise.all(tries)).map(({ kind }) => kind);
const times = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));

describe('the limits of signing in', () => {
  it('let a name fail five times from one address, then pause it, right or wrong', async () => {
    expect(await kinds(times(6, () => attempt('maya')))).toEqual([...times(5, () => 'wrong'), 'paused']);
    expect(await attempt('maya', { right: true })).toEqual({ kind: 'paused', seconds: 300 });
    expect(await attempt('maya', { right: true, network: 'b' })).toMatchObject({ kind: 'right' });
    time += 300_000;
    expect(await attempt('maya', { right: true })).toMatchObject({ kind: 'right' });
  });

  it('give the second name of an account no further guess, and look as if they did', async () => {
    await kinds(times(5, () => attempt('maya')));
    expect(await attempt('maya@acme.example', { right: true })).toEqual({ kind: 'wrong' });
    expect(work).toEqual({ checked: 5, pretended: 1 });
    // As a name that nobody has: it may fail five times before it is paused.
    expect(await kinds(times(5, () => attempt('maya@acme.example')))).toEqual([
      ...times(4, () => 'wrong'),
      'paused',
    ]);
    expect(await attempt('maya@acme.example', { right: true, network: 'b' })).toMatchObject({
      kind: 'right',
    });
  });

  it('forget the failures of a name and its account after a success', async () => {
    await kinds(times(4, () => attempt('maya')));
    expect(await attempt('maya', { right: true })).toMatchObject({ kind: 'right' });
    expect(await kinds(times(5, () => attempt('maya')))).toEqual(times(5, () => 'wrong'));
  });

  it('pause an address that fails under many names', async () => {
    const { failures } = signInRules.address;
    expect(await kinds(times(failures, (at) => attempt(`x${String(at)}`)))).toEqual(
      times(failures, () => 'wrong'),
    );
    expect(await attempt('maya', { right: true })).toMatchObject({ kind: 'paused' });
    expect(await attempt('maya', { right: true, network: 'b' })).toMatchObject({ kind: 'right' });
  });

  it('let the owner in while the account is attacked from everywhere, and tell the others to wait', async () => {
    const { failures } = signInRules.everywhere;
    await kinds(times(failures, (at) => attempt('maya', { network: `n${String(at)}` })));
    expect(await attempt('maya', { network: 'b' })).toEqual({ kind: 'paused', seconds: 300 });
    expect(await attempt('maya', { network: 'b', right: true })).toMatchObject({ kind: 'right' });
    expect(await attempt('jonas', { network: 'b' })).toEqual({ kind: 'wrong' });
  });

  it('never look at more than five of many passwords that come at once', async () => {
    await Promise.all(times(50, (at) => attempt(at % 2 === 0 ? 'maya' : 'maya@acme.example')));
    expect(work.checked).toBe(5);
  });

  it('go on after a try that threw', async () => {
    const broken = () => Promise.reject(new Error('broken'));
    const failing = { name: 'maya', account: null, network: 'a', check: broken, pretend: broken };
    await expect(limits.attempt(failing)).rejects.toThrow('broken');
    expect(await attempt('maya', { right: true })).toMatchObject({ kind: 'right' });
  });

  it('tell nobody whether a name exists or whose it is: any tries with wrong passwords go the same way', async () => {
    const step = fc.record({
      name: fc.constantFrom(...Object.keys(accounts), 'x', 'X '),
      network: fc.constantFrom('a', 'b', 'c'),
      pause: fc.constantFrom(0, 0, 0, 0, 1_000, 100_000, 300_000),
    });
    const run = async (steps: { name: string; network: string; pause: number }[], known: boolean) => {
      restart();
      const seen = [];
      for (const { name, network, pause } of steps) {
        time += pause;
        seen.push(await attempt(name, { network, known }));
      }
      // The same work for every answer that says "wrong", whether the password was looked at or not.
      return { seen, work: work.checked + work.pretended };
    };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 120 }), async (steps) => {
        expect(await run(steps, true)).toEqual(await run(steps, false));
      }),
      { numRuns: 200 },
    );
  });
});
