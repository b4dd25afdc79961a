import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApiKeySummary } from '../../contracts/ipc/api-keys.ts';
import { dateField, endOf, endsSoon } from '../../renderer/lib/ends.ts';
import { keySentence, lastUseWords, scopeName } from '../../renderer/features/api-keys/key-words.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const name = fc.stringMatching(/^[a-z]{1,12}$/);
const scope: fc.Arbitrary<ApiKeySummary['scope']> = fc.oneof(
  fc.constant<ApiKeySummary['scope']>({ kind: 'org', targets: [] }),
  fc.record<ApiKeySummary['scope']>({
    kind: fc.constantFrom('project', 'branch'),
    targets: fc.array(fc.record({ id: name, name: fc.option(name) }), { minLength: 1, maxLength: 12 }),
  }),
);
const capability = fc.constantFrom('read', 'agent', 'read_write', 'deploy');
const expiresAt = fc.option(
  fc.integer({ min: 0, max: 4000 }).map((days) => new Date(now + days * 86_400_000).toISOString()),
);

describe('what a key may do, in words', () => {
  it('is one sentence that names what it is for, its end, and that reading changes nothing', () => {
    fc.assert(
      fc.property(scope, capability, expiresAt, (reach, may, end) => {
        const words = keySentence({ scope: reach, capability: may, expiresAt: end }, 'acme', now);
        expect(words).toMatch(/^[A-Z].*\.$/);
        expect(words).not.toMatch(/undefined|null| {2}/);
        if (may === 'deploy') return;
        expect(words.includes(' until ')).toBe(end !== null);
        expect(words.includes('may change nothing')).toBe(may === 'read');
        const [first] = reach.targets;
        if (reach.kind === 'org') expect(words).toContain('acme');
        else expect(words).toContain(first?.name ?? 'a deleted one');
        // What is not named is counted.
        if (reach.targets.length > 5) expect(words).toContain(`${String(reach.targets.length - 5)} more`);
      }),
    );
  });

  it('says the day without its year while that is this year', () => {
    const key = { scope: { kind: 'org' as const, targets: [] }, capability: 'read' };
    const until = (end: string): string => keySentence({ ...key, expiresAt: end }, 'acme', now);
    expect(until('2026-12-31T12:00:00Z')).toContain('until 31 December;');
    expect(until('2027-03-01T12:00:00Z')).toContain('until 1 March 2027;');
  });

  it('is short in the table, whatever the key is for', () => {
    fc.assert(
      fc.property(scope, (reach) => {
        const words = scopeName({ scope: reach });
        const { length } = reach.targets;
        if (length > 2)
          expect(words).toBe(`${String(length)} ${reach.kind === 'project' ? 'projects' : 'branches'}`);
        expect(words).not.toMatch(/null|undefined/);
      }),
    );
  });
});

it('the last use says when, from where and by what, as far as that is known', () => {
  const use = { at: new Date(now - 3_600_000).toISOString(), address: '192.0.2.1', program: 'curl/8' };
  expect(lastUseWords({ lastUse: use }, now)).toBe('used 1 hour ago from 192.0.2.1 by curl/8');
  expect(lastUseWords({ lastUse: { ...use, address: null, program: null } }, now)).toBe('used 1 hour ago');
  expect(lastUseWords({ lastUse: null }, now)).toBe('never used');
});

it.each([
  [null, false],
  [13, true],
  [15, false],
  [-1, true],
])('a key that ends in %j days ends soon: %j', (days, soon) => {
  const end = days === null ? null : new Date(now + days * 86_400_000).toISOString();
  expect(endsSoon({ expiresAt: end }, now)).toBe(soon);
});

describe('when a key ends', () => {
  it('is so many days from now, or with the day that was chosen', () => {
    expect(endOf('none', '', now)).toBeNull();
    expect(endOf('30', '', now)).toBe(new Date(now + 30 * 86_400_000).toISOString());
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), (days) => {
        const date = dateField(now + days * 86_400_000);
        const end = endOf('date', date, now);
        expect(end).not.toBeNull();
        expect(dateField(Date.parse(end ?? ''))).toBe(date);
      }),
    );
  });

  it.each(['', '2026-13-01', 'tomorrow'])('is not known for %j', (date) => {
    expect(endOf('date', date, now)).toBeNull();
  });
});
