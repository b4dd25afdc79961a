import { randomBytes } from 'node:crypto';
import { holdRules } from '../../contracts/permissions/decision.ts';
import type { OperationId } from '../../contracts/permissions/operations.ts';
import type { KeyAlgorithm } from '../../contracts/server-api/tkeeper/keys.ts';
import type { ServerSettings } from '../config/config.ts';
import { isOnlyHere } from '../config/own-origin.ts';
import type { ServerContext } from '../context.ts';
import { generateKey } from '../keeper/lifecycle.ts';
import type { Asked, Scope } from '../keeper/operation.ts';
import { initialize, unsealBy } from '../keeper/seal-operations.ts';
import { stateOf } from '../keeper/system.ts';

const day = 24 * 3600 * 1000;

interface DemoKey {
  id: string;
  algorithm: KeyAlgorithm;
  owner: string;
  authorities: readonly string[];
  /** Days from now until it signs and encrypts no more, and verifies and decrypts no more; null for no end. */
  apply: number | null;
  process: number | null;
  generations: number;
}

const none = { apply: null, process: null, generations: 1 } as const;

const demoKeys: readonly DemoKey[] = [
  {
    ...{
      id: 'custody-btc-prod',
      algorithm: 'SECP256K1',
      owner: 'team/custody',
      authorities: ['custody', 'ops'],
    },
    ...{ apply: 200, process: 900, generations: 3 },
  },
  {
    ...{ id: 'custody-eth-prod', algorithm: 'SECP256K1', owner: 'team/custody', authorities: ['custody'] },
    ...{ apply: 9, process: 400, generations: 1 },
  },
  { ...none, id: 'wallet-hot', algorithm: 'SECP256K1', owner: 'team/payments', authorities: ['payments'] },
  {
    ...{
      id: 'release-signing',
      algorithm: 'ED25519',
      owner: 'team/platform',
      authorities: ['release', 'ops'],
    },
    ...{ apply: 25, process: null, generations: 2 },
  },
  {
    ...{ id: 'invoices:eu', algorithm: 'P256', owner: 'team/billing', authorities: ['billing'] },
    ...{ apply: -12, process: 350, generations: 1 },
  },
  {
    ...{ id: 'backups-2024', algorithm: 'P256', owner: 'team/platform', authorities: ['ops'] },
    ...{ apply: -400, process: -30, generations: 1 },
  },
];

/** Keys of `--seed large`, beside those. */
const manyKeys = 300;

/** Of every kind, in every state: the same at every start, but for the key material. */
function largeKey(index: number): DemoKey {
  const pick = <Item>(items: readonly Item[]): Item => items[index % items.length] as Item;
  return {
    id: `${pick(['wallet', 'invoice', 'session', 'device'])}-${String(index).padStart(3, '0')}`,
    algorithm: pick(['ED25519', 'P256', 'SECP256K1'] as const),
    owner: pick(['team/payments', 'team/billing', 'team/platform', 'team/custody', 'team/mobile']),
    authorities: ['ops'],
    apply: index % 4 === 0 ? null : ((index * 37) % 400) - 40,
    process: index % 4 === 1 ? ((index * 37) % 400) + 100 : null,
    generations: 1 + (index % 3),
  };
}

/** What the demo's token may do: all but to destroy what customers' money hangs on. */
const demoRules = [
  ...['tkeeper.system.*', 'tkeeper.dkg.*', 'tkeeper.key.*.*', '-tkeeper.key.custody-*.destroy'],
  ...[
    'tkeeper.storage.write',
    'tkeeper.integrity.rotate',
    'tkeeper.consistency.fix',
    'tkeeper.audit.log.verify',
  ],
  ...['tkeeper.compliance.inventory', 'tkeeper.expired.view', 'tkeeper.control.*', 'tkeeper.quorum.promote'],
  'tkeeper.recover',
];

/** Has the demo's keeper take a token that is made now, where nothing is said of sign-in to it and nobody else is near. */
export function withDemoToken(settings: ServerSettings): ServerSettings {
  const { seed, dialects, keeper } = settings;
  const isSaid = keeper.auth !== null || keeper.allowAnonymous;
  if (seed === undefined || !dialects.includes('tkeeper') || isSaid || !isOnlyHere(settings)) return settings;
  const token = `dev-${randomBytes(24).toString('base64url')}`;
  return { ...settings, keeper: { ...keeper, auth: { type: 'dev', token, permissions: demoRules } } };
}

/**
 * Initializes the keeper, two of three shares, unseals it and gives it keys. One that is initialized stays as it is, and
 * so sealed after a start: its shares are kept nowhere.
 *
 * @returns the shares, which are told this once; null where the keeper was there
 */
export async function seedKeeper(
  context: ServerContext,
  size: 'demo' | 'large' = 'demo',
): Promise<string[] | null> {
  if ((await stateOf(context)) !== 'UNINITIALIZED') return null;
  const quorum = { peerId: 1, threshold: 2, total: 3 };
  const { shares64 } = await initialize(context, asked('system.init'), quorum);
  await unsealBy(context, asked('system.unseal'), { payloads64: shares64.slice(0, 2) });
  await context.write({}, async (tx) => {
    const { keys } = context.keeper;
    if (keys === null) return;
    const scope = { tx, keys, now: context.now(), note: () => undefined };
    const many = size === 'large' ? Array.from({ length: manyKeys }, (_, index) => largeKey(index)) : [];
    for (const key of [...demoKeys, ...many]) await makeKey(scope, key);
  });
  return shares64;
}

async function makeKey(scope: Scope, key: DemoKey): Promise<void> {
  const end = (days: number | null) =>
    days === null ? null : ({ unit: 'MILLISECONDS', notAfter: scope.now.getTime() + days * day } as const);
  for (let generation = 1; generation <= key.generations; generation += 1) {
    await generateKey(scope, {
      ...{ keyId: key.id, algorithm: key.algorithm, mode: generation === 1 ? 'CREATE' : 'ROTATE' },
      authorities: key.authorities.map((id) => ({ id })),
      policy: { apply: end(key.apply), process: end(key.process), allowHistoricalProcess: true },
      assetOwner: key.owner,
    });
  }
}

const caller = {
  ...{ subject: 'demo', actor: 'demo', permissions: [] },
  held: holdRules(['tkeeper.system.*']),
  ends: null,
};

function asked(operation: OperationId): Asked {
  return { operation, keyId: null, caller, from: { ip: '127.0.0.1', method: 'SEED', path: '--seed demo' } };
}
