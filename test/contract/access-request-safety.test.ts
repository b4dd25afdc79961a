import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openRequestsMax } from '../../contracts/server-api/access/requests.ts';
import type { Tx } from '../../reference-server/db/write.ts';
import { accessRequestRule } from '../../reference-server/limits/access-requests.ts';
import { AskedRequests, later, newAskingWorld } from '../support/asked-requests.ts';
import { bearerHeader, holders } from '../support/credential-holders.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newPerson } from '../support/organization.ts';
import { call, errorCode } from '../support/server-client.ts';

let server: LocalServer;
let requests: AskedRequests;
beforeAll(async () => {
  server = await startLocalServer();
  requests = new AskedRequests(server);
});
afterAll(() => server.stop());

describe('who may not read a repository', () => {
  /** What is asked of the database while `work` runs: the tables. */
  async function tablesOf(work: () => Promise<unknown>): Promise<string[]> {
    const tables: string[] = [];
    const noting = <Method extends (table: never) => unknown>(method: Method) =>
      ((table: never) => {
        tables.push(String(table));
        return method(table);
      }) as Method;
    const { db } = server.context;
    const select = noting(db.selectFrom.bind(db));
    const read = vi.spyOn(db, 'selectFrom').mockImplementation(select);
    const plain = server.context.write;
    const write = vi.spyOn(server.context, 'write').mockImplementation((actor, change) =>
      plain(actor, (tx, audit) => {
        const noted: Tx = {
          selectFrom: noting(tx.selectFrom),
          insertInto: noting(tx.insertInto.bind(tx)),
          updateTable: noting(tx.updateTable.bind(tx)),
          deleteFrom: noting(tx.deleteFrom.bind(tx)),
        };
        return change(noted, audit);
      }),
    );
    await work().finally(() => {
      read.mockRestore();
      write.mockRestore();
    });
    return tables;
  }

  it('learns by asking nothing of whether there is one', async () => {
    const { org, ada, dana, web } = await newAskingWorld(server);
    const names = [web, `${org}/none`, 'nowhere/none'];
    const answers: object[] = [];
    const asked: string[][] = [];
    for (const name of names) {
      asked.push(
        await tablesOf(async () => {
          const { status, body, headers } = await requests.send(dana.token, name);
          const { id, asked_at, repository, ...rest } = body as Record<string, unknown>;
          expect([typeof id, typeof asked_at, repository]).toEqual(['string', 'string', name]);
          answers.push([status, rest, [...headers.keys()]]);
        }),
      );
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    expect(asked[1]).toEqual(asked[0]);
    expect(asked[2]).toEqual(asked[0]);
    expect(asked[0]).not.toContain('repositories');
    expect(asked[0]).toContain('access_requests');
    expect((await requests.list(ada.token, { org })).map(({ repository }) => repository)).toEqual([web]);
    const own = await requests.list(dana.token);
    expect(own.map(({ repository, state }) => [repository, state])).toEqual(
      names.toReversed().map((name) => [name, 'open']),
    );
    const tries = await Promise.all(
      own.flatMap(({ id }) => [requests.approve(dana.token, id), requests.decline(dana.token, id)]),
    );
    const told = tries.map(({ status, body }, at) =>
      JSON.stringify([status, body]).replaceAll(own[Math.floor(at / 2)]?.id ?? '', 'ID'),
    );
    expect([...new Set(told)]).toEqual([
      '[404,{"error":{"code":"not_found","message":"The repository of the request ID was not found."}}]',
    ]);
  });

  it('learns nothing of what others ask, nor of whom they ask', async () => {
    const { org, ben, dana, web } = await newAskingWorld(server);
    const asked = await requests.ask(dana.token, web);
    const other = await newPerson(server);
    for (const { token } of [ben, other]) {
      expect(errorCode(await requests.withdraw(token, asked.id))).toBe('not_found');
      for (const result of [
        await requests.approve(token, asked.id),
        await requests.decline(token, asked.id),
      ]) {
        expect(errorCode(result)).toBe('not_found');
        expect(JSON.stringify(result.body)).not.toContain(org);
      }
      expect(await requests.list(token)).toEqual([]);
    }
    const list = (token: string) => call(server, `/v1/access/requests?org=${org}`, { token });
    expect((await list(ben.token)).status).toBe(403);
    expect((await list(other.token)).status).toBe(404);
    expect(await requests.list(dana.token)).toEqual([asked]);
  });
});

describe('asking', () => {
  it('has bounds', async () => {
    const { dana, web } = await newAskingWorld(server);
    const refusedBodies = [
      ...[{ reason: '' }, { reason: 'x'.repeat(501) }, { reason: 'two\nlines' }, { reason: '\u202egnp' }],
      ...[{ actions: [] }, { actions: ['own'] }, { until: later(-1) }, { until: 'friday' }, { other: 1 }],
      { repository: 'Nowhere' },
    ];
    for (const more of refusedBodies)
      expect([more, errorCode(await requests.send(dana.token, web, more))]).toEqual([
        more,
        'invalid_request',
      ]);
    await requests.ask(dana.token, web, { reason: 'x'.repeat(500) });
    for (let count = 1; count < openRequestsMax; count += 1)
      await requests.ask(dana.token, `any/r${count.toString()}`);
    expect(errorCode(await requests.send(dana.token, 'any/more'))).toBe('conflict');
    await requests.ask(dana.token, web);
    const left = accessRequestRule.failures - openRequestsMax - 1;
    for (let count = 0; count < left; count += 1) await requests.ask(dana.token, web);
    const late = await requests.send(dana.token, web);
    expect(errorCode(late)).toBe('rate_limited');
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await requests.list(dana.token)).toHaveLength(openRequestsMax);
  });

  it('keeps of what was decided the newest fifty of each person', async () => {
    const { ada, dana, web } = await newAskingWorld(server);
    for (let count = 0; count < 52; count += 1) {
      const { id } = await requests.ask(dana.token, web);
      await requests.decline(ada.token, id, `no ${count.toString()}`);
    }
    const left = await requests.list(dana.token);
    expect(left.map(({ decided }) => decided?.words)).toEqual(
      Array.from({ length: 50 }, (_, at) => `no ${(51 - at).toString()}`),
    );
  });

  it('is for people, with all that they are', async () => {
    const refused: Record<string, string> = {};
    for (const kind of ['a bot’s key', 'an API key', 'a user’s API token', 'a user’s key', 'a session']) {
      const holder = await holders[kind]?.(server);
      const body = JSON.stringify({ repository: 'acme/web', actions: ['read'], reason: 'x' });
      const headers = { ...bearerHeader(holder?.bearer ?? ''), 'content-type': 'application/json' };
      const url = `${server.origin}/v1/access/requests`;
      const { status } = await fetch(url, { method: 'POST', headers, body });
      const own = await fetch(url, { headers });
      refused[kind] = `${String(status)} ${String(own.status)}`;
    }
    expect(refused).toEqual({
      'a bot’s key': '400 200',
      'an API key': '403 403',
      'a user’s API token': '403 403',
      'a user’s key': '201 200',
      'a session': '201 200',
    });
  });
});
