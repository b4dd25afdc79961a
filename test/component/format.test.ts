import { describe, expect, it } from 'vitest';
import {
  clockTime,
  countdown,
  durationWords,
  relativeTime,
  secondsUntil,
  shortFingerprint,
  ttlText,
} from '../../renderer/lib/format.ts';

const now = new Date(2026, 10, 24, 13, 55).getTime();
const after = (seconds: number): string => new Date(now + seconds * 1000).toISOString();

describe('times in words', () => {
  it.each([
    [-5, 'just now'],
    [-40, '40 seconds ago'],
    [-119, '1 minute ago'],
    [-3599, '59 minutes ago'],
    [-7200, '2 hours ago'],
    [-86_400, 'yesterday'],
    [-6 * 86_400, '6 days ago'],
    [-8 * 86_400, '16 Nov 2026'],
    [120, 'in 2 minutes'],
    [3599, 'in 1 hour'],
    [12 * 3600 - 40, 'in 12 hours'],
    [7 * 86_400 - 40, 'in 7 days'],
    [7 * 86_400 + 40, '1 Dec 2026'],
  ])('%i s from now is %s', (seconds, words) => {
    expect(relativeTime(after(seconds), now)).toBe(words);
  });

  it('names the day of a clock time only when it is another one', () => {
    expect(clockTime(after(600), now)).toBe('14:05');
    expect(clockTime(after(86_400), now)).toBe('13:55 on 25 Nov 2026');
  });

  it.each([
    [0, '0:00', '0 seconds'],
    [59, '0:59', '59 seconds'],
    [60, '1:00', '1 minute'],
    [5400, '1:30:00', '1 hour 30 minutes'],
    [86_400, '24:00:00', '24 hours'],
    [3 * 86_400 + 3600, '73:00:00', '3 days 1 hour'],
  ])('%i s is %s on a clock and %s in words', (seconds, clock, words) => {
    expect(countdown(seconds)).toBe(clock);
    expect(durationWords(seconds)).toBe(words);
  });

  it('rounds what is left up, and never below nothing', () => {
    expect(secondsUntil(new Date(now + 1200).toISOString(), now)).toBe(2);
    expect(secondsUntil(new Date(now - 1).toISOString(), now)).toBe(0);
  });

  it('writes a token life as it is typed', () => {
    expect([900, 3600, 5400, 86_400, 61].map(ttlText)).toEqual(['15m', '1h', '1h30m', '24h', '1m1s']);
  });
});

describe('fingerprints', () => {
  it('are shortened in the middle, and left alone when short', () => {
    expect(shortFingerprint('SHA256:9Jq2b1mXc0fVt8u3KpYw7sRhDzLeNa5oGx4iQkT6UvM')).toBe('SHA256:9Jq2b1…6UvM');
    expect(shortFingerprint('SHA256:abc')).toBe('SHA256:abc');
  });
});
