import { beforeEach, describe, expect, it } from 'vitest';
import { FailureCounter } from '../../../reference-server/limits/failure-counter.ts';

let time: number;
let counter: FailureCounter;
beforeEach(() => {
  time = Date.parse('2026-01-01T00:00:00Z');
  counter = new FailureCounter(() => new Date(time), { failures: 5, windowSeconds: 300 });
});

function fail(key: string, times: number): void {
  for (let round = 0; round < times; round += 1) counter.add(key);
}

describe('the count of failures', () => {
  it('pauses a key at the fifth, until the oldest is 300 seconds old', () => {
    fail('maya', 4);
    expect(counter.pausedFor('maya')).toBeNull();
    time += 100_000;
    fail('maya', 1);
    expect(counter.pausedFor('maya')).toBe(200);
    time += 199_000;
    expect(counter.pausedFor('maya')).toBe(1);
    time += 1_000;
    expect(counter.pausedFor('maya')).toBeNull();
  });

  it('is of each key for itself, and can be forgotten', () => {
    fail('maya', 5);
    expect(counter.pausedFor('jonas')).toBeNull();
    counter.forget('maya');
    fail('maya', 4);
    expect(counter.pausedFor('maya')).toBeNull();
  });

  it('cannot be flushed by other keys, however many', () => {
    fail('maya', 5);
    // More than there are buckets.
    for (let at = 0; at < 70_000; at += 1) counter.add(`key ${String(at)}`);
    expect(counter.pausedFor('maya')).not.toBeNull();
  });
});
