import type { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeeperGenerationTable, KeeperKeyTable } from '../../reference-server/db/keeper-schema.ts';
import type { Database } from '../../reference-server/db/schema.ts';
import { authenticated } from '../../reference-server/keeper/records.ts';
import { b64, KeeperRig } from '../support/keeper-rig.ts';

let rig: KeeperRig;
let db: Kysely<Database>;
beforeEach(async () => {
  rig = await KeeperRig.start();
  db = rig.server.context.db as Kysely<Database>;
  await rig.init(2, 2);
  await rig.unseal();
  const policy = { apply: { unit: 'MILLISECONDS', notAfter: Date.now() + 60_000 } };
  await rig.generate('mine', 'P256', { policy, assetOwner: 'team/one' });
  await rig.generate('mine', 'P256', { mode: 'ROTATE' });
  await rig.generate('other', 'P256');
  await rig.generate('other', 'P256', { mode: 'ROTATE' });
});
afterEach(() => rig.stop());

const ecdsa = { scheme: 'ECDSA', hash: 'SHA256', data64: b64('text') };
const changeKey = (set: Partial<KeeperKeyTable>, id = 'mine') =>
  db.updateTable('keeper_keys').set(set).where('id', '=', id).execute();
const changeGeneration = (set: Partial<KeeperGenerationTable>, generation = 2, id = 'mine') =>
  db
    .updateTable('keeper_generations')
    .set(set)
    .where('key_id', '=', id)
    .where('generation', '=', generation)
    .execute();
const keyRow = (id: string) =>
  db.selectFrom('keeper_keys').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const generationRow = (id: string, generation: number) =>
  db
    .selectFrom('keeper_generations')
    .selectAll()
    .where('key_id', '=', id)
    .where('generation', '=', generation)
    .executeTakeFirstOrThrow();
const without = <Row extends object, Name extends keyof Row>(row: Row, ...names: Name[]): Omit<Row, Name> =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name as Name))) as Omit<
    Row,
    Name
  >;

/** What somebody does to the database, by what it is. */
const tampering: Record<string, () => Promise<unknown>> = {
  'a policy that lasts longer': async () => {
    const { policy } = await keyRow('mine');
    await changeKey({ policy: String(policy).replace(/\d{13}/, '9999999999999') });
  },
  'an end that is later': () => changeKey({ apply_until: 9_999_999_999_999 }),
  'no end': () => changeKey({ apply_until: null }),
  'a lower generation': () => changeKey({ generation: 1 }),
  'a higher generation': () => changeKey({ generation: 3 }),
  'another owner': () => changeKey({ owner: 'team/mallory' }),
  'another authority': () => changeKey({ authorities: '[{"id":"mallory"}]' }),
  'another algorithm': () => changeKey({ algorithm: 'SECP256K1' }),
  'the record of before, with the later generation': async () => {
    const before = await keyRow('mine');
    await rig.generate('mine', 'P256', { mode: 'ROTATE' });
    await changeKey(before);
  },
  'the record of another key': async () => changeKey(without(await keyRow('other'), 'id')),
  'the MAC of another key': async () => changeKey({ mac: (await keyRow('other')).mac }),
  'no MAC': () => changeKey({ mac: '' }),
  'the material of another key': async () =>
    changeGeneration({ material: (await generationRow('other', 2)).material }),
  'the material of another generation': async () =>
    changeGeneration({ material: (await generationRow('mine', 1)).material }),
  'the whole of another generation': async () =>
    changeGeneration(without(await generationRow('mine', 1), 'key_id', 'generation')),
  'the whole generation of another key': async () =>
    changeGeneration(without(await generationRow('other', 2), 'key_id', 'generation')),
  'another public key': () => changeGeneration({ public_key: b64(Buffer.alloc(33, 2)) }),
  'another algorithm of a generation': () => changeGeneration({ algorithm: 'SECP256K1' }),
  'material of nothing': () => changeGeneration({ material: '' }),
  'a generation that is gone': () =>
    db.deleteFrom('keeper_generations').where('key_id', '=', 'mine').where('generation', '=', 2).execute(),
};

describe('a database that something else has changed', () => {
  it.each(Object.keys(tampering))('is told: %s', async (what) => {
    await tampering[what]?.();
    for (const answer of [
      await rig.sign('mine', ecdsa),
      await rig.verify('mine', ecdsa, b64('x')),
      await rig.ask('/v1/keeper/publicKey?keyId=mine'),
      await rig.ask('/v1/keeper/ecies/encrypt', { keyId: 'mine', plaintext64: '' }),
      await rig.generate('mine', 'P256', { mode: 'ROTATE' }),
      await rig.generate('mine', 'P256', { mode: 'REFRESH' }),
    ]) {
      expect(answer).toMatchObject({ status: 500, code: 'TAMPERED_KEEPER' });
    }
    const { body } = await rig.ask('/v1/keeper/compliance/inventory');
    expect(body).toMatchObject({
      inventory: {
        items: [
          { logicalId: 'mine', tampered: true, status: 'UNKNOWN', hasActiveKey: false, policy: null },
          { logicalId: 'other', tampered: false, status: 'ACTIVE' },
        ],
      },
    });
    const checked = await rig.ask('/v1/keeper/consistency/fix?keyId=mine', undefined, { method: 'POST' });
    expect(checked.body).toMatchObject({ verdict: 'RECOVER_NEEDED', targetGeneration: null });
    expect((await rig.sign('other', ecdsa)).status).toBe(200);
  });

  it('is told where sealed material was moved, also by who can make a MAC', async () => {
    await rig.generate('mine', 'P256', { mode: 'REFRESH' });
    const { keys } = rig.server.context.keeper;
    if (keys === null) throw new Error('The keeper is sealed.');
    // It is the same material, sealed for another generation.
    const [from, to] = [await generationRow('mine', 2), await generationRow('mine', 3)];
    await changeGeneration(authenticated(keys, 'keeper_generations', { ...to, material: from.material }), 3);
    expect((await rig.sign('mine', ecdsa)).code).toBe('TAMPERED_KEEPER');
    await changeGeneration(authenticated(keys, 'keeper_generations', to), 3);
    expect((await rig.sign('mine', ecdsa)).status).toBe(200);
  });

  it('is told where a destroyed generation gets its material back', async () => {
    const before = await generationRow('mine', 1);
    await rig.ask('/v1/keeper/destroy', { keyId: 'mine', generation: 1 });
    await changeGeneration({ material: before.material }, 1);
    const { code } = await rig.verify('mine', ecdsa, b64('x'), { generation: 1 });
    expect(code).toBe('TAMPERED_KEEPER');
  });

  it('is told where a key is gone and its generations are not', async () => {
    const rows = await db.selectFrom('keeper_generations').selectAll().where('key_id', '=', 'mine').execute();
    await db.deleteFrom('keeper_generations').where('key_id', '=', 'mine').execute();
    await db.updateTable('keeper_keys').set({ id: 'moved' }).where('id', '=', 'mine').execute();
    await db
      .insertInto('keeper_generations')
      .values(rows.map((row) => ({ ...row, key_id: 'moved' })))
      .execute();
    expect((await rig.sign('mine', ecdsa)).code).toBe('KEY_NOT_FOUND');
    expect((await rig.sign('moved', ecdsa)).code).toBe('TAMPERED_KEEPER');
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
});
