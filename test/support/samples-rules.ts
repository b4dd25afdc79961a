import type { ContextSummary } from '../../contracts/domain/context.ts';
import {
  sampleClaims,
  sampleKeeper,
  sampleKeeperContext,
  sampleRemoteKey,
  sampleStanding,
} from './samples-remote-keys.ts';
import type { World } from './world.ts';
import { sampleRole } from './world-rules.ts';

/** A context at a keeper. */
export function sampleRulesContext(facts: Partial<ContextSummary> = {}): ContextSummary {
  return sampleKeeperContext({ name: 'Treasury', serviceName: 'Acme Keeper', ...facts });
}

export const keeperKeyIds: readonly string[] = [
  ...['custody-btc-prod', 'custody-btc-staging', 'custody-eth-prod', 'custody-master-prod'],
  ...['custody-sol-v2-prod', 'master-root', 'notary-2026', 'payroll:frankfurt'],
  ...['wallet-cold', 'wallet-hot', 'wallet-hot-eu', 'wallet:treasury'],
];

/** A role with something wrong in each of its lines. */
export const troubledRole = sampleRole({
  name: 'Draft for the new team',
  text: [
    'tkeeper.key.*.sign',
    'tkeeper.key.wallet-hot.sign',
    'tkeeper.key.**.verify',
    'tkeeper.key.a*b*c.public',
    'tkeeper.key.wallet hot.public',
    'tkeeper..sign',
    'tkeeper.audit.*',
    'tkeeper.key.master-root.decrypt',
    '',
    '-tkeeper.key.master-*.*',
    '-tkeeper.key.wallet-*.encrypt',
    'tkeeper.key.*.sign',
    'tkeeper.key.wаllet-cold.public',
    '-',
  ].join('\n'),
  tests: [
    { operation: 'key.sign', keyId: 'wallet-hot', allowed: true },
    { operation: 'system.seal', keyId: null, allowed: false },
  ],
});

/** What a keeper tells of its keys, of who asks, and what a token says that is pasted. */
export function keeperFacts({ keyIds = keeperKeyIds }: { keyIds?: readonly string[] } = {}): Pick<
  World,
  'keeper'
> {
  return {
    keeper: {
      ...sampleKeeper().keeper,
      keys: keyIds.map((keyId) => sampleRemoteKey({ keyId })),
      standing: sampleStanding({
        permissions: [
          ...['tkeeper.key.wallet-*.sign', 'tkeeper.key.*.public', '-tkeeper.key.*-eu.sign'],
          'tkeeper.compliance.inventory',
        ],
      }),
      claims: sampleClaims({ permissions: ['tkeeper.key.master-*.sign'] }),
    },
  };
}
