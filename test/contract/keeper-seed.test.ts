import { expect, it } from 'vitest';
import { inventoryPageSchema } from '../../contracts/server-api/tkeeper/inventory.ts';
import { seedKeeper } from '../../reference-server/seed/keeper.ts';
import { KeeperRig } from '../support/keeper-rig.ts';

it('the demo keeper is unsealed, two of three, with keys of every kind and state; one that is there stays', async () => {
  const rig = await KeeperRig.start();
  const shares = await seedKeeper(rig.server.context);
  expect(shares).toHaveLength(3);
  const items = async (query: string) =>
    inventoryPageSchema.parse((await rig.ask(`/v1/keeper/compliance/inventory?${query}`)).body).inventory
      .items;
  const keys = await items('');
  expect(
    keys.map(({ logicalId, status, currentGeneration }) => [logicalId, status, currentGeneration]),
  ).toEqual([
    ['backups-2024', 'EXPIRED', 1],
    ['custody-btc-prod', 'ACTIVE', 3],
    ['custody-eth-prod', 'ACTIVE', 1],
    ['invoices:eu', 'APPLY_EXPIRED', 1],
    ['release-signing', 'ACTIVE', 2],
    ['wallet-hot', 'ACTIVE', 1],
  ]);
  expect(new Set(keys.map(({ algorithm }) => algorithm)).size).toBe(3);
  expect(await items('historical=true')).toHaveLength(9);
  expect(await seedKeeper(rig.server.context)).toBeNull();
  await rig.seal();
  expect((await rig.unseal(shares?.slice(1))).body).toMatchObject({ ready: true });
  await rig.stop();
});

it('the large one has some hundreds', async () => {
  const rig = await KeeperRig.start();
  await seedKeeper(rig.server.context, 'large');
  const { body } = await rig.ask('/v1/keeper/compliance/inventory');
  const page = inventoryPageSchema.parse(body);
  expect([page.inventory.items.length, page.hasMore]).toEqual([200, true]);
  await rig.stop();
});
