import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { holdRules } from '../../contracts/permissions/decision.ts';
import { KeeperCallers, refusedRules } from '../../reference-server/auth/keeper/callers.ts';
import { KeeperError } from '../../reference-server/http/keeper-error.ts';
import { refusalRule } from '../../reference-server/keeper/memory.ts';
import { operate } from '../../reference-server/keeper/operation.ts';
import { b64, devToken, everything, KeeperRig } from '../support/keeper-rig.ts';
import { closedKeeper } from '../support/keeper-settings.ts';

let rig: KeeperRig;
beforeEach(async () => {
  rig = await KeeperRig.unsealed();
});
afterEach(() => rig.stop());

const refusals = () =>
  rig.server.context.db
    .selectFrom('audit_events')
    .selectAll()
    .where('outcome', '=', 'failure')
    .orderBy('seq')
    .execute();
const artifact = { scheme: 'EdDSA', data64: b64('text') };

it('a flood of refusals has a few lines in the audit log, and a number', async () => {
  const many = refusalRule.failures + 20;
  for (let count = 0; count < many; count += 1) await rig.sign(`nobody-${String(count)}`, artifact);
  await rig.ask('/v1/keeper/publicKey?keyId=nobody');
  expect((await refusals()).map(({ action }) => action)).toEqual([
    ...Array.from({ length: refusalRule.failures }, () => 'keeper.sign'),
    'keeper.public',
  ]);
  await rig.server.context.keeper.refusals.flush();
  const last = (await refusals()).at(-1);
  expect(last).toMatchObject({ action: 'keeper.sign', target: `nobody-${String(many - 1)}` });
  const { line, more } = JSON.parse(last?.details ?? '') as { line: string; more: number };
  expect(more).toBe(19);
  expect(JSON.parse(line)).toMatchObject({ event: { outcome: { error: 'KEY_NOT_FOUND' } } });
  expect(line).toContain('19 more of it');
  expect((await rig.ask('/v1/keeper/audit/verify', line)).body).toEqual({ valid: true });
});

it('refusals of others, of other operations and for other reasons are each counted by themselves', async () => {
  expect(refusalRule).toEqual({ failures: 5, windowSeconds: 60 });
  const { context } = rig.server;
  const flood = async (subject: string, keyId: string, work: () => Promise<never>) => {
    const caller = { subject, actor: subject, permissions: [], held: holdRules(everything), ends: null };
    const from = { ip: '192.0.2.1', method: 'POST', path: '/' };
    for (let count = 0; count < 8; count += 1)
      await operate(context, { operation: 'key.sign', keyId, caller, from }, work).catch(() => undefined);
  };
  const refuse = (code: 'KEY_NOT_FOUND' | 'POLICY_VIOLATION') => () => Promise.reject(new KeeperError(code));
  await flood('one', 'mine', refuse('KEY_NOT_FOUND'));
  await flood('one', 'other', refuse('KEY_NOT_FOUND'));
  expect(await refusals()).toHaveLength(5);
  await flood('two', 'mine', refuse('KEY_NOT_FOUND'));
  expect(await refusals()).toHaveLength(10);
  await flood('one', 'mine', refuse('POLICY_VIOLATION'));
  expect(await refusals()).toHaveLength(15);
});

it('what somebody does is in it each time', async () => {
  await rig.generate('mine', 'ED25519');
  for (let count = 0; count < 20; count += 1) await rig.sign('mine', artifact);
  const { context } = rig.server;
  const signed = await context.db
    .selectFrom('audit_events')
    .selectAll()
    .where('action', '=', 'keeper.sign')
    .execute();
  expect(signed).toHaveLength(20);
});

it('a server that stops tells what it counted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyhold-refusals-'));
  try {
    const before = await KeeperRig.unsealed({ dataDir: folder });
    for (let count = 0; count < refusalRule.failures + 3; count += 1) await before.sign('nobody', artifact);
    await before.stop();
    const after = await KeeperRig.start({ dataDir: folder });
    const last = await after.server.context.db
      .selectFrom('audit_events')
      .selectAll()
      .where('action', '=', 'keeper.sign')
      .orderBy('seq', 'desc')
      .executeTakeFirstOrThrow();
    // Signed: it was told before the keeper was sealed.
    expect(JSON.parse(last.details)).toMatchObject({ more: 2, line: expect.any(String) as string });
    await after.stop();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('who is let in by nothing is in the log of the server, without what they sent, and not without end', async () => {
  expect(refusedRules).toEqual({
    network: { failures: 5, windowSeconds: 300 },
    everywhere: { failures: 60, windowSeconds: 300 },
  });
  const log = { warn: vi.fn(), info: vi.fn() };
  let now = Date.now();
  const callers = await KeeperCallers.open(closedKeeper, () => new Date(now), log);
  const refuse = async (ip: string) => {
    const refused = await callers
      .ofHeaders({ 'x-dev-token': [`${devToken}x`] })
      .catch((error: unknown) => error);
    callers.noteRefused(ip, refused as KeeperError);
  };
  for (let count = 0; count < 20; count += 1) await refuse('192.0.2.1');
  expect(log.warn).toHaveBeenCalledTimes(refusedRules.network.failures);
  expect(log.warn.mock.calls[0]?.[0]).toEqual({
    ...{ ip: '192.0.2.1', code: 'DEV_MODE_VIOLATION', reason: 'Invalid dev mode token' },
  });
  expect(JSON.stringify(log.warn.mock.calls)).not.toContain(devToken);
  for (let host = 0; host < 250; host += 1) await refuse(`198.51.100.${String(host)}`);
  expect(log.warn).toHaveBeenCalledTimes(refusedRules.everywhere.failures);
  now += 301_000;
  await refuse('192.0.2.1');
  expect(log.warn).toHaveBeenCalledTimes(refusedRules.everywhere.failures + 1);
});

it.each(['the API', 'the page'])('the log has who was not let in by %s', async (door) => {
  const noted = vi.spyOn(KeeperCallers.prototype, 'noteRefused');
  try {
    if (door === 'the API')
      await rig.ask('/v1/keeper/control/me', undefined, { headers: { 'x-dev-token': 'wrong' } });
    else {
      const page = await fetch(`${rig.server.origin}/ui`);
      const cookie = page.headers
        .getSetCookie()
        .map((each) => each.split(';')[0])
        .join('; ');
      const csrf = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
      const body = new URLSearchParams({ _csrf: csrf, token: 'wrong' });
      await fetch(`${rig.server.origin}/ui/sign-in`, {
        method: 'POST',
        body,
        headers: { cookie, origin: rig.server.origin },
      });
    }
    expect(noted).toHaveBeenCalledExactlyOnceWith(
      '127.0.0.1',
      expect.objectContaining({ code: 'DEV_MODE_VIOLATION' }),
    );
  } finally {
    noted.mockRestore();
  }
});
