import type { Kysely } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  KeeperAnchorTable,
  KeeperGenerationTable,
  KeeperKeyTable,
} from '../../reference-server/db/keeper-schema.ts';
import type { Database } from '../../reference-server/db/schema.ts';
import { anchorKey } from '../../reference-server/keeper/anchor.ts';
import { generateKey } from '../../reference-server/keeper/lifecycle.ts';
import { authenticated, stampOf } from '../../reference-server/keeper/records.ts';
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
const generationsOf = (id: string) =>
  db.selectFrom('keeper_generations').selectAll().where('key_id', '=', id).orderBy('generation').execute();
const deleteGeneration = (generation: number, id = 'mine') =>
  db.deleteFrom('keeper_generations').where('key_id', '=', id).where('generation', '=', generation).execute();
const deleteKey = async (id: string) => {
  await db.deleteFrom('keeper_generations').where('key_id', '=', id).execute();
  await db.deleteFrom('keeper_keys').where('id', '=', id).execute();
};
const buckets = () => db.selectFrom('keeper_buckets').selectAll().execute();
const putBuckets = async (rows: Awaited<ReturnType<typeof buckets>>) => {
  await db.deleteFrom('keeper_buckets').execute();
  if (rows.length > 0) await db.insertInto('keeper_buckets').values(rows).execute();
};
const anchor = () => db.selectFrom('keeper_anchor').selectAll().executeTakeFirstOrThrow();
const changeAnchor = (set: Partial<KeeperAnchorTable>) => db.updateTable('keeper_anchor').set(set).execute();
/** All rows of the keeper that change, and how to put them back. */
const keepAll = async () => {
  const [keys, generations] = [
    await db.selectFrom('keeper_keys').selectAll().execute(),
    await db.selectFrom('keeper_generations').selectAll().execute(),
  ];
  const [over, top] = [await buckets(), await anchor()];
  return async () => {
    await db.deleteFrom('keeper_generations').execute();
    await db.deleteFrom('keeper_keys').execute();
    await db.insertInto('keeper_keys').values(keys).execute();
    await db.insertInto('keeper_generations').values(generations).execute();
    await putBuckets(over);
    await changeAnchor(top);
  };
};
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
  'a generation that is gone': () => deleteGeneration(2),
  'the record of before, without its newest generation': async () => {
    const before = await keyRow('mine');
    await rig.generate('mine', 'P256', { mode: 'ROTATE' });
    await changeKey(before);
    await deleteGeneration(3);
  },
  'another newest generation that the keeper made once': async () => {
    const back = await keepAll();
    await rig.generate('mine', 'P256', { mode: 'ROTATE' });
    const once = await generationRow('mine', 3);
    await back();
    Object.assign(requireKeys(), { anchorSeen: null });
    await rig.generate('mine', 'P256', { mode: 'ROTATE' });
    await changeGeneration(once, 3);
  },
  'a destroyed generation, with the record of before': async () => {
    const [key, generation] = [await keyRow('mine'), await generationRow('mine', 1)];
    await rig.ask('/v1/keeper/destroy', { keyId: 'mine', generation: 1 });
    await changeGeneration(generation, 1);
    await changeKey(key);
  },
  'a generation that is there twice': async () =>
    db
      .insertInto('keeper_generations')
      .values({ ...(await generationRow('mine', 2)), generation: 3 })
      .execute(),
  'a key that is gone': () => deleteKey('mine'),
  'a key that is back as it was made': async () => {
    await deleteKey('mine');
    await db
      .insertInto('keeper_keys')
      .values({ ...(await keyRow('other')), id: 'mine' })
      .execute();
    const rows = await generationsOf('other');
    await db
      .insertInto('keeper_generations')
      .values(rows.map((row) => ({ ...row, key_id: 'mine' })))
      .execute();
  },
};

/** What is done to the rows over all keys: nobody is told what of the keys is right then. */
const tamperingAbove: Record<string, () => Promise<unknown>> = {
  'no anchor': () => db.deleteFrom('keeper_anchor').execute(),
  'the anchor of before': async () => {
    const before = await anchor();
    await rig.generate('mine', 'P256', { mode: 'ROTATE' });
    await changeAnchor(before);
  },
  'another version': () => changeAnchor({ version: 1000 }),
  'no MAC of the anchor': () => changeAnchor({ mac: '' }),
  'the buckets of before': async () => {
    const before = await buckets();
    await rig.generate('mine', 'P256', { mode: 'ROTATE' });
    await putBuckets(before);
  },
  'the buckets and all rows of a key of before': async () => {
    const [key, before] = [await keyRow('mine'), await buckets()];
    await rig.generate('mine', 'P256', { mode: 'ROTATE' });
    await deleteGeneration(3);
    await changeKey(key);
    await putBuckets(before);
  },
  'no buckets': () => putBuckets([]),
  'a bucket without the key': async () => {
    await deleteKey('mine');
    await putBuckets((await buckets()).map((row) => ({ ...row, key_stamps: '{}' })));
  },
};

function requireKeys() {
  const { keys } = rig.server.context.keeper;
  if (keys === null) throw new Error('The keeper is sealed.');
  return keys;
}

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

  it.each(Object.keys(tamperingAbove))('is told by what is over all keys: %s', async (what) => {
    await tamperingAbove[what]?.();
    for (const answer of [
      await rig.sign('mine', ecdsa),
      await rig.verify('mine', ecdsa, b64('x')),
      await rig.generate('mine', 'P256', { mode: 'ROTATE' }),
      await rig.ask('/v1/keeper/destroy', { keyId: 'mine', generation: 1 }),
    ]) {
      expect(answer).toMatchObject({ status: 500, code: 'TAMPERED_KEEPER' });
    }
    expect((await rig.seal()).status).toBe(204);
    expect(await rig.unseal()).toMatchObject({ status: 500, code: 'TAMPERED_KEEPER' });
    expect(rig.server.context.keeper.keys).toBeNull();
  });

  it('is told where keys are gone, in their places of the list, a page at a time', async () => {
    for (const id of ['a', 'b', 'c', 'zz']) await rig.generate(id, 'P256');
    for (const id of ['a', 'c', 'other', 'zz']) await deleteKey(id);
    for (const historical of ['false', 'true']) {
      const found: [unknown, unknown][] = [];
      let next = '';
      do {
        const at = next === '' ? '' : `&lastSeen=${next}`;
        const { body } = await rig.ask(
          `/v1/keeper/compliance/inventory?limit=1&historical=${historical}${at}`,
        );
        const { items } = body['inventory'] as { items: Record<string, unknown>[] };
        for (const { logicalId, tampered } of items) found.push([logicalId, tampered]);
        next = (body['nextCursor'] ?? '') as string;
      } while (next !== '');
      const mine: [string, boolean][] = [['mine', false]];
      const wanted = [['a', true], ['b', false], ['c', true], ...mine, ['other', true], ['zz', true]];
      expect(found).toEqual(historical === 'true' ? wanted.toSpliced(3, 0, ...mine) : wanted);
    }
    const { body } = await rig.ask('/v1/keeper/compliance/inventory?logicalId=c');
    expect(body).toMatchObject({ inventory: { items: [{ logicalId: 'c', tampered: true }] } });
    expect((await rig.generate('c', 'P256')).code).toBe('TAMPERED_KEEPER');
  });

  it.each(['used since', 'unsealed just now'])(
    'is told where all of it is of before, for as long as the keeper is unsealed: %s',
    async (what) => {
      const back = await keepAll();
      await rig.ask('/v1/keeper/destroy', { keyId: 'mine', generation: 1 });
      if (what === 'unsealed just now') {
        await rig.seal();
        await rig.unseal();
      }
      await back();
      expect((await rig.sign('mine', ecdsa)).code).toBe('TAMPERED_KEEPER');
      expect((await rig.sign('other', ecdsa)).code).toBe('TAMPERED_KEEPER');
      await rig.seal();
      // Nobody remembers then what came later, but for the audit log.
      await rig.unseal();
      expect((await rig.sign('mine', ecdsa)).status).toBe(200);
    },
  );

  it('is told, where it has no form of its own, in the place of that key alone', async () => {
    // SQLite keeps texts in columns of numbers, PostgreSQL refuses them.
    await changeKey({ generation: 'three' as never }).catch(() => undefined);
    for (const historical of ['false', 'true']) {
      const { status, body } = await rig.ask(`/v1/keeper/compliance/inventory?historical=${historical}`);
      expect(status).toBe(200);
      const { items } = body['inventory'] as { items: object[] };
      expect(items.at(-1)).toMatchObject({ logicalId: 'other', tampered: false });
    }
    const checked = await rig.ask('/v1/keeper/consistency/fix?keyId=mine', undefined, { method: 'POST' });
    expect(checked.status).toBe(200);
  });

  it('goes by what was written, not by what failed half-way', async () => {
    const { context } = rig.server;
    const before = await anchor();
    const failed = context.write({}, async (tx) => {
      const scope = { tx, keys: requireKeys(), now: context.now(), note: () => undefined };
      const keyId = 'mine';
      await generateKey(scope, { keyId, algorithm: 'P256', mode: 'ROTATE', authorities: [{ id: 'ops' }] });
      throw new Error('The disk is full.');
    });
    await expect(failed).rejects.toThrow('The disk is full.');
    expect(await anchor()).toEqual(before);
    expect((await rig.sign('mine', ecdsa)).body).toMatchObject({ generation: 2 });
    expect((await rig.generate('mine', 'P256', { mode: 'ROTATE' })).status).toBe(204);
    expect((await rig.sign('mine', ecdsa)).body).toMatchObject({ generation: 3 });
  });

  it.each([
    [null, ['mine']] as const,
    ...['an end that is later', 'the record of before, with the later generation'].map(
      (what) => [what, []] as const,
    ),
  ])('is not believed about when a key ends: %s', async (what, listed) => {
    if (what !== null) await tampering[what]?.();
    const { body } = await rig.ask('/v1/keeper/expires?type=apply&from=0&to=99999999999999');
    expect((body['items'] as { logicalId: string }[]).map(({ logicalId }) => logicalId)).toEqual(listed);
  });

  it('is told where sealed material was moved, also by who can make a MAC', async () => {
    await rig.generate('mine', 'P256', { mode: 'REFRESH' });
    const keys = requireKeys();
    // It is the same material, sealed for another generation.
    const [from, to] = [await generationRow('mine', 2), await generationRow('mine', 3)];
    await changeGeneration(
      { ...authenticated(keys, 'keeper_generations', { ...to, material: from.material }) },
      3,
    );
    const moved = await generationRow('mine', 3);
    const key = await keyRow('mine');
    const stamps = JSON.stringify([
      ...(JSON.parse(key.generation_stamps) as string[]).slice(0, 2),
      stampOf(moved),
    ]);
    const restamped = authenticated(keys, 'keeper_keys', { ...key, generation_stamps: stamps });
    await changeKey(restamped);
    await rig.server.context.write({}, (tx) => anchorKey(tx, keys, restamped));
    expect((await rig.sign('mine', ecdsa)).code).toBe('TAMPERED_KEEPER');
    await changeGeneration(to, 3);
    await changeKey(key);
    await rig.server.context.write({}, (tx) => anchorKey(tx, keys, key));
    expect((await rig.sign('mine', ecdsa)).status).toBe(200);
  });

  it('is told where a destroyed generation gets its material back', async () => {
    const before = await generationRow('mine', 1);
    await rig.ask('/v1/keeper/destroy', { keyId: 'mine', generation: 1 });
    for (const row of [{ material: before.material }, before]) {
      await changeGeneration(row, 1);
      const { code } = await rig.verify('mine', ecdsa, b64('x'), { generation: 1 });
      expect(code).toBe('TAMPERED_KEEPER');
      const { body } = await rig.ask('/v1/keeper/compliance/inventory?historical=true&logicalId=mine');
      expect(body).toMatchObject({
        inventory: { items: [{ status: 'UNKNOWN', tampered: true }, { tampered: false }] },
      });
      const checked = await rig.ask('/v1/keeper/consistency/fix?keyId=mine', undefined, { method: 'POST' });
      expect(checked.body).toMatchObject({ verdict: 'RECOVER_NEEDED' });
    }
  });

  it('is told where a key is gone and its generations are not', async () => {
    const rows = await db.selectFrom('keeper_generations').selectAll().where('key_id', '=', 'mine').execute();
    await db.deleteFrom('keeper_generations').where('key_id', '=', 'mine').execute();
    await db.updateTable('keeper_keys').set({ id: 'moved' }).where('id', '=', 'mine').execute();
    await db
      .insertInto('keeper_generations')
      .values(rows.map((row) => ({ ...row, key_id: 'moved' })))
      .execute();
    expect((await rig.sign('mine', ecdsa)).code).toBe('TAMPERED_KEEPER');
    expect((await rig.sign('moved', ecdsa)).code).toBe('TAMPERED_KEEPER');
  });
});

it('stays sealed without an anchor, and says that it may be of an earlier version', async () => {
  await rig.seal();
  await db.deleteFrom('keeper_anchor').execute();
  await db.deleteFrom('keeper_buckets').execute();
  const refused = await rig.unseal();
  expect(refused).toMatchObject({ code: 'TAMPERED_KEEPER' });
  expect(refused.body['details']).toMatch(/an earlier version made it/);
  expect((await rig.ask('/v1/keeper/system/status')).body).toMatchObject({ state: 'SEALED' });
});
