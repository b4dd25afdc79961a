import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { PreparedChange } from '../../contracts/ipc/access.ts';
import { LosingHttp, openAccessApp, type AccessApp } from '../support/access-app.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';

let server: LocalServer;
/** Maya owns acme. */
let maya: AccessApp;

beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.context.write({}, (tx) => tx.deleteFrom('grants').execute());
  maya = await openAccessApp(server, new LosingHttp());
});
afterEach(() => maya.parts.dispose());

const sole = { after: null, count: 1 };
async function apply(...changes: readonly PreparedChange[]): Promise<void> {
  const { version } = await maya.app.access.cells(maya.acme, { principals: sole, repositories: sole });
  const outcome = await maya.app.batches.apply(maya.acme, {
    ...{ version, key: randomUUID(), changes: [...changes] },
  });
  expect(outcome.kind).toBe('done');
}

it.each(['csv', 'json'] as const)(
  'grants go to a %s file and come back, and what was changed in it becomes a change',
  async (format) => {
    const { principals } = await maya.app.access.sides(maya.acme);
    const end = new Date(Date.now() + 86_400_000).toISOString();
    const given = principals.map(({ reference }, index) => ({
      ...{ principal: reference, repository: 'acme/web', actions: ['read' as const] },
      expiresAt: index === 0 ? end : null,
    }));
    await apply(...given);
    const saved = await maya.app.grantFiles.export(maya.acme, format);
    expect(saved?.grants).toBe(given.length);
    const path = join(maya.parts.folder, saved?.fileName ?? '');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    maya.app.choose(path);
    const same = await maya.app.grantFiles.compare(maya.acme);
    expect(same).toEqual({
      ...{ fileName: saved?.fileName, grants: given.length, unchanged: given.length },
      ...{ changes: [], missing: [], problems: { total: 0, first: [] } },
    });
    const text = await readFile(path, 'utf8');
    const [from, to] =
      format === 'csv'
        ? ['user:jonas,read', 'user:jonas,read|write']
        : ['user:jonas","actions":["read"', 'user:jonas","actions":["read","write"'];
    expect(text).toContain(from);
    await writeFile(path, `\ufeff${text.replace(from, to)}`);
    const owner = `user:${server.user('maya').id}`;
    await apply({ principal: owner, repository: 'acme/web', actions: [], expiresAt: null });
    const other = await maya.app.grantFiles.compare(maya.acme);
    expect(other).toMatchObject({ unchanged: given.length - 2, missing: [], problems: { total: 0 } });
    expect(other?.changes.map(({ principal, actions }) => [principal, actions])).toEqual(
      expect.arrayContaining([
        [`user:${server.user('jonas').id}`, ['read', 'write']],
        [owner, ['read']],
      ]),
    );
    await apply(...(other?.changes ?? []));
    expect(await maya.app.grantFiles.compare(maya.acme)).toMatchObject({ changes: [], missing: [] });
    expect(maya.parts.logged()).toContain(
      `access.exported | Work | acme: ${String(given.length)}, ${saved?.fileName ?? ''}`,
    );
  },
);
