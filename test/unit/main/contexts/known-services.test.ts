import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../../main/adapters/clock.ts';
import { KnownServices } from '../../../../main/core/contexts/known-services.ts';
import { signInParts, type SignInParts } from '../signin/sign-in-parts.ts';

let parts: SignInParts;

beforeEach(async () => {
  parts = await signInParts(systemClock);
});
afterEach(async () => {
  await parts.dispose();
});

const many = Array.from({ length: 20 }, (_, index) => `https://service-${String(index)}.example`);

it('names every service in a question that fits a screen', async () => {
  const asked: (readonly string[])[] = [];
  const ask = (origins: readonly string[]): Promise<boolean> => Promise.resolve(asked.push(origins) > 0);
  const services = new KnownServices({ vault: parts.vault, clock: systemClock, ask });
  await services.confirm(many);
  expect(asked.map(({ length }) => length)).toEqual([8, 8, 4]);
  expect(asked.flat()).toEqual(many);
  await services.confirm(many);
  expect(asked, 'a yes holds').toHaveLength(3);
});

it('knows none of them when one question got a no', async () => {
  const answers = [true, false];
  const asked: (readonly string[])[] = [];
  const ask = (origins: readonly string[]): Promise<boolean> => {
    asked.push(origins);
    return Promise.resolve(answers.shift() ?? false);
  };
  const services = new KnownServices({ vault: parts.vault, clock: systemClock, ask });
  await expect(services.confirm(many)).rejects.toMatchObject({ code: 'service_not_confirmed' });
  expect(asked).toHaveLength(2);
  await expect(services.confirm(many.slice(0, 1))).rejects.toMatchObject({ code: 'service_not_confirmed' });
});
