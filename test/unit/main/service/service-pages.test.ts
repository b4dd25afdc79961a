import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { HttpClient } from '../../../../main/core/ports/http.ts';
import { numberedPageAnswer } from '../../../../main/core/service/dialects/artifact-keeper.ts';
import { ServiceCalls } from '../../../../main/core/service/service-calls.ts';
import { artifactKeeperSpeech } from '../../../../main/core/service/speech.ts';

const page = numberedPageAnswer(z.object({ id: z.number() }));

/** A service that gives a list as no real one does, so it is a stand-in: `pageOf` tells what it answers to a page's number. */
function serviceOf(pageOf: (number: number) => { entries: number; total: number }) {
  const asked: string[] = [];
  const http: HttpClient = {
    request: ({ url }) => {
      asked.push(url);
      const { entries, total } = pageOf(Number(new URL(url).searchParams.get('page')));
      const items = Array.from({ length: entries }, (_, id) => ({ id }));
      const text = JSON.stringify({ items, pagination: { total } });
      return Promise.resolve({ status: 200, headers: { 'content-type': 'application/json' }, text });
    },
  };
  const authorization = {
    ...{ credentialId: 'c', headers: {}, notAccepted: 'session_expired' as const, renew: null },
    note: () => undefined,
  };
  const contexts = { authorize: () => Promise.resolve({ origin: 'https://ak.example', authorization }) };
  const clock = { now: () => new Date() };
  const calls = new ServiceCalls({ http, clock, contexts }, artifactKeeperSpeech);
  return { asked, list: () => calls.askPages('context', { path: '/list' }, page) };
}

describe('a list in numbered pages', () => {
  it('is read to its end', async () => {
    const { asked, list } = serviceOf((number) => ({ entries: number < 3 ? 100 : 7, total: 207 }));
    expect([(await list()).entries.length, asked.length]).toEqual([207, 3]);
  });

  it('that never ends is read as far as anybody reads', async () => {
    const { asked, list } = serviceOf(() => ({ entries: 100, total: 1e9 }));
    const { entries, total } = await list();
    expect([entries.length, total, asked.length]).toEqual([5000, 1e9, 50]);
  });

  it('with more on a page than was asked for gives no more, and is asked for no further', async () => {
    const { asked, list } = serviceOf(() => ({ entries: 20_000, total: 1e9 }));
    expect([(await list()).entries.length, asked.length]).toEqual([5000, 1]);
  });

  it('whose pages are empty is not asked for again and again', async () => {
    const { asked, list } = serviceOf(() => ({ entries: 0, total: 10 }));
    expect([(await list()).entries.length, asked.length]).toEqual([0, 1]);
  });
});
