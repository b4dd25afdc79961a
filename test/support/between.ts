import { expect, vi } from 'vitest';
import type { LocalServer } from './local-server.ts';

/** Lets something happen after a request was let in and before it changes anything. */
export async function between<T>(
  { context }: LocalServer,
  happens: () => Promise<{ status: number }>,
  request: () => Promise<T>,
): Promise<T> {
  const { write } = context;
  const statuses: number[] = [];
  const spy = vi.spyOn(context, 'write').mockImplementationOnce(async (actor, work) => {
    statuses.push((await happens()).status);
    return write(actor, work);
  });
  try {
    return await request();
  } finally {
    spy.mockRestore();
    expect(statuses).toEqual([expect.toBeOneOf([200, 204])]);
  }
}
