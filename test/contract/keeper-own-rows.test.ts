import type { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../reference-server/db/schema.ts';
import { b64, KeeperRig } from '../support/keeper-rig.ts';

let rig: KeeperRig;
let db: Kysely<Database>;
beforeEach(async () => {
  rig = await KeeperRig.start();
  db = rig.server.context.db as Kysely<Database>;
  await rig.init(2, 2);
  await rig.unseal();
  await rig.generate('mine', 'P256');
});
afterEach(() => rig.stop());

const ecdsa = { scheme: 'ECDSA', hash: 'SHA256', data64: b64('text') };

describe('a row of the keeper’s own, or of what signs its lines, that something else has changed', () => {
  it('is not made anew over what is left of a keeper', async () => {
    await rig.seal();
    await db.deleteFrom('keeper').execute();
    const { code } = await rig.ask('/v1/keeper/system/init', { peerId: 1, threshold: 1, total: 1 });
    expect(code).toBe('TAMPERED_KEEPER');
  });

  it('signs by no integrity key of before', async () => {
    const before = await db.selectFrom('keeper_integrity_keys').selectAll().executeTakeFirstOrThrow();
    await rig.ask('/v1/keeper/integrity/rotate', undefined, { method: 'POST' });
    await db.deleteFrom('keeper_integrity_keys').where('version', '=', 2).execute();
    await db.updateTable('keeper_integrity_keys').set(before).execute();
    expect((await rig.sign('mine', ecdsa)).code).toBe('TAMPERED_KEEPER');
    expect((await rig.seal()).status).toBe(204);
  });

  it('says nothing that the row of the keeper itself was made to say, also while it is unsealed', async () => {
    await db.updateTable('keeper').set({ peer_id: 2, threshold: 1, total: 200 }).execute();
    for (const path of ['compliance/inventory', 'control/system', 'system/status', 'peerId']) {
      expect(await rig.ask(`/v1/keeper/${path}`)).toMatchObject({ status: 500, code: 'TAMPERED_KEEPER' });
    }
    // Its line would be signed for another peer.
    expect((await rig.sign('mine', ecdsa)).code).toBe('TAMPERED_KEEPER');
    await db.deleteFrom('keeper').execute();
    expect((await rig.sign('mine', ecdsa)).code).toBe('TAMPERED_KEEPER');
    expect((await rig.seal()).status).toBe(204);
  });

  it('is told where an earlier integrity key is gone, or was changed: its lines are not called false', async () => {
    await rig.ask('/v1/keeper/integrity/rotate', undefined, { method: 'POST' });
    const event = { id: 'line', peerId: 1, integrityKeyVersion: 1, timestamp: 1, event: 'keeper.sign' };
    const verify = (integrityKeyVersion: number) =>
      rig.ask('/v1/keeper/audit/verify', { event: { ...event, integrityKeyVersion }, signature: b64('x') });
    for (const version of [1, 2, 3, Number.MAX_SAFE_INTEGER]) {
      expect((await verify(version)).body).toEqual({ valid: false });
    }
    const first = db.updateTable('keeper_integrity_keys').where('version', '=', 1);
    await first.set({ public_key: b64(Buffer.alloc(32)) }).execute();
    expect((await verify(1)).code).toBe('TAMPERED_KEEPER');
    await db.deleteFrom('keeper_integrity_keys').where('version', '=', 1).execute();
    expect((await verify(1)).code).toBe('TAMPERED_KEEPER');
    expect((await verify(2)).status).toBe(200);
  });

  it('is not unsealed where the keeper itself was changed', async () => {
    await rig.seal();
    await db.updateTable('keeper').set({ threshold: 1 }).execute();
    expect((await rig.unseal(rig.shares.slice(0, 1))).status).not.toBe(200);
    await db.updateTable('keeper').set({ threshold: 2, peer_id: 2 }).execute();
    expect(await rig.unseal()).toMatchObject({ status: 500, code: 'TAMPERED_KEEPER' });
    expect(rig.server.context.keeper.keys).toBeNull();
    await db.updateTable('keeper').set({ peer_id: 1 }).execute();
    expect((await rig.unseal()).body).toMatchObject({ ready: true });
  });

  it('does nothing unsigned: with another integrity key, but it can be sealed, and refuses are told', async () => {
    await db
      .updateTable('keeper_integrity_keys')
      .set({ public_key: b64(Buffer.alloc(32)) })
      .execute();
    expect((await rig.sign('mine', ecdsa)).code).toBe('TAMPERED_KEEPER');
    expect((await rig.ask('/v1/keeper/publicKey?keyId=none')).code).toBe('KEY_NOT_FOUND');
    expect((await rig.seal()).status).toBe(204);
  });

  it.each([
    { share_digests: 'none' },
    { share_digests: 'null' },
    { share_digests: '[]' },
    { threshold: 0 },
    { threshold: -1 },
    { threshold: 3 },
    { total: 1 },
    { peer_id: 0 },
  ])('is told by what cannot be in the row of the keeper, before any share is taken: %o', async (set) => {
    await rig.seal();
    await db.updateTable('keeper').set(set).execute();
    expect(await rig.unseal(rig.shares.slice(0, 1))).toMatchObject({ status: 500, code: 'TAMPERED_KEEPER' });
    expect((await rig.ask('/v1/keeper/system/status')).code).toBe('TAMPERED_KEEPER');
    expect(rig.server.context.keeper.shares.size).toBe(0);
  });
});
