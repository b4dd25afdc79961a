import { beforeEach, expect, it } from 'vitest';
import { KeyholdError } from '../../../../contracts/errors.ts';
import { ipcContract } from '../../../../contracts/ipc/index.ts';
import { GrantFileService } from '../../../../main/core/access/grant-files/grant-file-service.ts';
import { place, principal, refusal, standIn, type Reply } from './stand-in-service.ts';

let grantFiles: GrantFileService;
let isLocked: boolean;
/** What the user chooses; null for nothing. */
let chosen: string | null;
let file: Buffer | 'missing' | 'too_large';
let written: Map<string, string>;
const service = standIn((parts) => {
  grantFiles = new GrantFileService({
    ...parts,
    vault: {
      requireUnlocked: () => {
        if (isLocked) throw new KeyholdError('vault_locked');
      },
    },
    dialogs: {
      save: ({ fileName }) => Promise.resolve(chosen === null ? null : `${chosen}/${fileName}`),
      open: () => Promise.resolve(chosen === null ? null : { path: `${chosen}/file.csv`, name: 'file.csv' }),
    },
    files: {
      writeAtomic: (path, content, mode) => {
        expect(mode).toBe(0o600);
        written.set(path, content);
        return Promise.resolve();
      },
    },
    smallFiles: { read: () => Promise.resolve(file) },
  });
});
beforeEach(() => {
  [isLocked, chosen] = [false, '/home/maya'];
  written = new Map();
  file = Buffer.from('repository,principal,actions,until\nacme/api,user:jonas,write,\n');
  service.reply = (_, path) => (path.includes('/grants') ? grants([grant()]) : { status: 200, body: matrix });
});

const matrix = {
  ...{ version: '7', principals: [principal()], repositories: [{ name: 'acme/api', public: false }] },
  ...{ rows: [{ access: '3', direct: '1', via: '2' }], ends: [], next: {} },
};
const grant = (facts: object = {}) => ({
  ...{ repository: 'acme/api', principal: principal(), actions: ['read', 'later'], expires_at: null },
  ...{ given_at: '2026-05-01T10:00:00.000Z', given_by: 'maya', later: 1, ...facts },
});
const grants = (all: object[], next?: string): Reply => ({
  ...{ status: 200, body: { version: '7', grants: all, next } },
});

it('all grants are written to the file that was chosen, of which the window is told the name', async () => {
  const robot = grant({ principal: principal({ kind: 'robot', reference: 'robot:1' }) });
  service.reply = (_, path) => {
    if (!path.includes('/grants')) return { status: 200, body: matrix };
    const gone = grant({ principal: principal({ reference: 'user:u_b', name: 'alex' }) });
    return path.includes('after=2') ? grants([gone, robot]) : grants([grant()], '2');
  };
  const told = await grantFiles.export(place, 'csv');
  ipcContract.calls.accessFiles.export.response.parse(told);
  expect(told).toEqual({ fileName: 'grants-acme-2026-05-03.csv', grants: 2 });
  expect([...written]).toEqual([
    [
      '/home/maya/grants-acme-2026-05-03.csv',
      'repository,principal,actions,until\r\nacme/api,user:alex,read,\r\nacme/api,user:jonas,read,\r\n',
    ],
  ]);
  expect(service.noted).toEqual(['access.exported acme: 2, grants-acme-2026-05-03.csv']);
});

it('a file is compared, and nothing is changed or written down', async () => {
  const told = await grantFiles.compare(place);
  ipcContract.calls.accessFiles.compare.response.parse(told);
  expect(told).toEqual({
    ...{ fileName: 'file.csv', grants: 1, unchanged: 0, missing: [], problems: { total: 0, first: [] } },
    changes: [{ principal: 'user:u_a', repository: 'acme/api', actions: ['write'], expiresAt: null }],
  });
  expect(new Set(service.asked.map(({ method }) => method))).toEqual(new Set(['GET']));
  expect([written.size, service.noted]).toEqual([0, []]);
});

it('nothing is asked for while no file is chosen, or the vault was locked meanwhile', async () => {
  chosen = null;
  expect([await grantFiles.export(place, 'json'), await grantFiles.compare(place)]).toEqual([null, null]);
  [chosen, isLocked] = ['/home/maya', true];
  await expect(grantFiles.export(place, 'json')).rejects.toMatchObject({ code: 'vault_locked' });
  await expect(grantFiles.compare(place)).rejects.toMatchObject({ code: 'vault_locked' });
  expect([service.asked, written.size]).toEqual([[], 0]);
});

it('a file that cannot be read, or is too long, is told as such', async () => {
  file = 'missing';
  await expect(grantFiles.compare(place)).rejects.toMatchObject({ code: 'grant_file_unreadable' });
  file = 'too_large';
  await expect(grantFiles.compare(place)).rejects.toMatchObject({ code: 'too_many_grants' });
  expect(service.asked).toEqual([]);
});

it('more grants than a file takes, or a list without an end, are written to none', async () => {
  const small = { reference: 'user:u_a', kind: 'user', name: 'jonas', email: null };
  const full = Array.from({ length: 20_000 }, () => grant({ principal: small }));
  service.reply = (_, path) =>
    path.includes('/grants') ? grants(full, 'more') : { status: 200, body: matrix };
  await expect(grantFiles.export(place, 'csv')).rejects.toMatchObject({ code: 'too_many_grants' });
  service.reply = (_, path) =>
    path.includes('/grants') ? grants([], 'more') : { status: 200, body: matrix };
  await expect(grantFiles.export(place, 'csv')).rejects.toMatchObject({ code: 'too_many_grants' });
  service.reply = () => refusal(403, 'role_insufficient');
  await expect(grantFiles.export(place, 'csv')).rejects.toMatchObject({ code: 'repository_admin_needed' });
  expect([written.size, service.noted]).toEqual([0, []]);
});

it.each(['principals', 'repositories'])(
  'where there are more %s than are read, no name of a file is trusted',
  async (side) => {
    service.reply = (_, path) => {
      if (path.includes('/grants')) return grants([grant()]);
      return {
        status: 200,
        body: path.includes(`${side}_limit=1000`) ? { ...matrix, next: { [side]: 'more' } } : matrix,
      };
    };
    await expect(grantFiles.compare(place)).rejects.toMatchObject({ code: 'too_many_grants' });
    expect(service.noted).toEqual([]);
  },
);
