import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { artifactKeeperSettings } from '../../reference-server/config/artifact-keeper.ts';
import { KeeperRig } from '../support/keeper-rig.ts';

let folder: string;
let path: string;
let rig: KeeperRig;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keyhold-sinks-'));
  path = join(folder, 'audit.jsonl');
  const settings = { audit_log_enabled: true, audit_log_path: path };
  rig = await KeeperRig.unsealed({ artifactKeeper: artifactKeeperSettings(settings) });
});
afterAll(async () => {
  await rig.stop();
  rmSync(folder, { recursive: true, force: true });
});

const sinks = async (): Promise<unknown> => {
  await rig.server.context.auditFile?.settled();
  return (await rig.ask('/v1/keeper/control/audit/sinks')).body;
};
const both = (file: boolean) => ({
  enabled: true,
  sinks: [
    { id: 'database', available: true },
    { id: 'file', available: file },
  ],
});

it('says of the file of the audit log whether it can be written, and again once it can', async () => {
  expect(await sinks()).toEqual(both(true));
  rmSync(path);
  mkdirSync(path);
  // Each answer has a line of its own in the log, of which the next one knows how it went.
  await sinks();
  expect(await sinks()).toEqual(both(false));
  expect(await rig.ask('/v1/keeper/control/me')).toMatchObject({ status: 200 });
  rmdirSync(path);
  await sinks();
  expect(await sinks()).toEqual(both(true));
  await rig.server.context.auditFile?.settled();
  // What it lacked came later.
  const asked = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.includes('control.sinks'));
  expect(asked.length).toBeGreaterThanOrEqual(4);
});
