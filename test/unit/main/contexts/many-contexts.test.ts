import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../../main/adapters/clock.ts';
import { Reminders } from '../../../../main/core/credentials/reminders.ts';
import { columns } from '../../../../main/core/contexts/context-store.ts';
import { isPending, stateOfRow } from '../../../../main/core/credentials/state.ts';
import { CredentialService } from '../../../../main/agent/credential-service.ts';
import { addContext } from '../registries/add-context.ts';
import { registryParts } from '../registries/registry-parts.ts';
import type { RegistryParts } from '../registries/registry-parts.ts';

let made: RegistryParts[];

beforeEach(() => {
  made = [];
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const each of made) await each.dispose();
});

/** What a piece of work asked of the vault's file. */
interface Cost {
  statements: number;
  rowsRead: number;
  rowsChanged: number;
  /** Parts of tables that were digested after a change, whose rows are as many as chance puts there. */
  parts: number;
}

/** A vault with so many contexts, one for each host; the first is the current one. */
async function vaultWith(contexts: number): Promise<RegistryParts & { ids: string[] }> {
  const parts = await registryParts();
  made.push(parts);
  const ids = parts.parts.vault.sql().transaction(() =>
    Array.from({ length: contexts }, (_, index) => {
      const host = `registry-${String(index)}.example`;
      return addContext(parts.parts, { host, name: `Cluster ${String(index)}` }).id;
    }),
  );
  return { ...parts, ids };
}

type Work = (parts: RegistryParts & { ids: string[] }) => unknown;

async function costOf(contexts: number, work: Work): Promise<Cost> {
  const parts = await vaultWith(contexts);
  const sql = parts.parts.vault.sql();
  const cost = { statements: 0, rowsRead: 0, rowsChanged: 0, parts: 0 };
  const all = sql.all.bind(sql);
  const get = sql.get.bind(sql);
  const run = sql.run.bind(sql);
  vi.spyOn(sql, 'all').mockImplementation(<Row>(...query: Parameters<typeof all>) => {
    const rows = all<Row>(...query);
    if (query[0].includes('json_array(')) {
      cost.parts += 1;
    } else {
      cost.statements += 1;
      cost.rowsRead += rows.length;
    }
    return rows;
  });
  vi.spyOn(sql, 'get').mockImplementation(<Row>(...query: Parameters<typeof get>) => {
    const row = get<Row>(...query);
    cost.statements += 1;
    cost.rowsRead += row === undefined ? 0 : 1;
    return row;
  });
  vi.spyOn(sql, 'run').mockImplementation((...query: Parameters<typeof run>) => {
    const done = run(...query);
    cost.statements += 1;
    cost.rowsChanged += done.changes;
    return done;
  });
  await work(parts);
  vi.restoreAllMocks();
  return cost;
}

const few = 3;
const many = 40;

describe('with more contexts', () => {
  const flat: Record<string, Work> = {
    'some for a menu': ({ parts, ids }) => {
      parts.contexts.setCurrent(ids.at(-1) ?? '');
      const { contexts, more } = parts.contexts.some(2);
      expect(contexts.map(({ id }) => id)).toEqual([ids[0], ids.at(-1)]);
      expect(more).toBe(ids.length - 2);
    },
    'the current one': ({ parts }) => parts.contexts.current(),
    'switching to another': ({ parts, ids }) => {
      parts.contexts.setCurrent(ids[1] ?? '');
    },
    'minting a token and switching after it': async ({ parts, ids }) => {
      await parts.tokens.mint(ids[0] ?? '', '1h');
      parts.contexts.setCurrent(ids[1] ?? '');
    },
    'a credential': ({ parts }) => new CredentialService(parts).get('registry-1.example'),
    'a credential for an unknown host': ({ parts }) => new CredentialService(parts).get('unknown.example'),
    'what is to be registered after unlocking': ({ parts }) => {
      parts.registration.resumePending();
    },
    'reminders of keys that expire': ({ parts }) => {
      new Reminders({
        vault: parts.vault,
        clock: systemClock,
        notifier: { show: () => undefined },
      }).check();
    },
    'removing the current one': ({ parts, ids }) => {
      parts.contexts.remove(ids[0] ?? '');
    },
    'forgetting a set-up whose host another context has as well': async ({ parts, registries, ids }) => {
      await registries.setUp(ids[0] ?? '', 'podman');
      addContext(parts, { host: 'registry-0.example', name: 'Other', userId: 'other' });
      await registries.forget(ids[0] ?? '');
    },
  };
  it.each(Object.entries(flat))('%s costs the same', async (_what, work) => {
    const [small, large] = [await costOf(few, work), await costOf(many, work)];
    // A part is one in 256 of a table: by chance two changed rows share one.
    expect(large).toEqual({ ...small, parts: expect.any(Number) as number });
    expect(Math.abs(large.parts - small.parts)).toBeLessThanOrEqual(1);
    expect(large.statements).toBeGreaterThan(0);
  });

  const oneQueryMore: Record<string, Work> = {
    'the list': ({ parts }) => parts.contexts.list(),
    'the helper’s list': ({ parts }) => new CredentialService(parts).list(),
    'the registries': ({ registries }) => registries.list(),
    'renaming one': ({ parts, ids }) => {
      parts.contexts.edit(ids[0] ?? '', { name: 'Renamed', colour: 'blue', label: null });
    },
  };
  it.each(Object.entries(oneQueryMore))('%s takes as many queries', async (_what, work) => {
    const [small, large] = [await costOf(few, work), await costOf(many, work)];
    expect(large.statements).toBe(small.statements);
    expect(large.rowsChanged).toBe(small.rowsChanged);
    expect(large.rowsRead).toBeGreaterThan(small.rowsRead);
  });

  it('the auth file is read once for all registries', async () => {
    const parts = await vaultWith(many);
    const file = JSON.stringify({
      credHelpers: { 'registry-7.example': 'keyhold', 'registry-8.example': 'other' },
    });
    await parts.write(file);
    const parse = vi.spyOn(JSON, 'parse');
    const { registries } = await parts.registries.list();
    expect(parse.mock.calls.filter(([text]) => text === file)).toHaveLength(1);
    expect(
      registries
        .filter(({ clients }) => clients.podman.entry !== 'none')
        .map(({ host, clients }) => [host, clients.podman.entry]),
    ).toEqual([
      ['registry-7.example', 'keyhold'],
      ['registry-8.example', 'other'],
    ]);
  });

  it.each([
    `SELECT ${columns} FROM contexts WHERE is_current = 1`,
    `SELECT ${columns} FROM contexts WHERE id = ?`,
    `SELECT ${columns} FROM contexts ORDER BY created_at, rowid LIMIT ?`,
    `SELECT id FROM contexts WHERE ${isPending}`,
    'SELECT * FROM keys WHERE expires_at <= ? AND revoked_at IS NULL ORDER BY expires_at',
    'UPDATE contexts SET is_current = 0 WHERE is_current = 1 AND id <> ?',
    `SELECT id, name, ${stateOfRow} AS state FROM contexts WHERE host = ? AND has_registry = 1`,
    `SELECT ${columns} FROM registry_accounts JOIN contexts ON contexts.id = registry_accounts.context_id
     WHERE registry_accounts.host = ? AND contexts.host = registry_accounts.host`,
    'SELECT 1 FROM contexts WHERE origin = ? AND user_id = ?',
    'SELECT * FROM keys WHERE context_id = ? ORDER BY created_at DESC, rowid DESC',
  ])('an index answers %s', async (query) => {
    const { parts } = await vaultWith(1);
    const values = [...query.matchAll(/\?/g)].map(() => '');
    const plan = parts.vault.sql().all<{ detail: string }>(`EXPLAIN QUERY PLAN ${query}`, ...values);
    expect(plan.map(({ detail }) => detail).join()).toMatch(/USING (COVERING )?INDEX/);
  });
});
