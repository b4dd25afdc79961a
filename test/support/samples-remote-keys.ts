import type { ContextSummary } from '../../contracts/domain/context.ts';
import type { RemoteKey, remoteKeysCalls } from '../../contracts/ipc/remote-keys.ts';
import type { PastedClaims } from '../../contracts/ipc/token-sign-in.ts';
import type { z } from 'zod';
import { sampleContext, timeFromNow } from './samples.ts';

const day = 86_400;

type Standing = z.output<typeof remoteKeysCalls.standing.response>;
type Generation = z.output<typeof remoteKeysCalls.one.response>['generations'][number];

/** What a keeper knows and does. */
export interface RemoteKeysWorld {
  keeper: {
    standing: Standing;
    keys: RemoteKey[];
    /** Those with more than one, by the key's id; the newest first. */
    generations: Record<string, Generation[]>;
    /** The file that the person chooses; null where they choose none. */
    file: string | null;
    /** What a JWT that is pasted says; null for what is none. */
    claims: PastedClaims | null;
  };
}

/** A context that a pasted token signs in, at a service that keeps keys. */
export function sampleKeeperContext(facts: Partial<ContextSummary> = {}): ContextSummary {
  return sampleContext({
    ...{ name: 'Custody', serviceName: 'Acme Custody', userId: 'jonas.weber' },
    ...{ origin: 'https://keeper.acme.example', host: 'keeper.acme.example' },
    ...{ credential: 'pasted', endsAt: timeFromNow(47 * 60) },
    ...{ hasRegistry: false, hasDashboard: false, maxTokenTtl: null },
    audience: 'https://keeper.acme.example',
    takesTokens: true,
    capabilities: ['remote-keys', 'rules'],
    ...facts,
  });
}

/** Everything with keys but destroying those of custody, and reading what is encrypted to the archive. */
export const sampleHeldRules = [
  'tkeeper.key.*.*',
  '-tkeeper.key.custody-*.destroy',
  '-tkeeper.key.*.decrypt',
  'tkeeper.dkg.create',
  'tkeeper.dkg.rotate',
  'tkeeper.compliance.inventory',
  'tkeeper.expired.view',
];

export function sampleClaims(facts: Partial<PastedClaims> = {}): PastedClaims {
  return {
    ...{ algorithm: 'RS256', kid: 'sig-2026-11', subject: 'jonas.weber' },
    ...{ issuer: 'https://login.acme.example', audience: ['https://keeper.acme.example'] },
    ...{ issuedAt: timeFromNow(-60), notBefore: null, endsAt: timeFromNow(59 * 60 + 40) },
    permissions: sampleHeldRules,
    ...facts,
  };
}

export function sampleStanding(facts: Partial<Standing> = {}): Standing {
  return {
    subject: 'jonas.weber',
    permissions: sampleHeldRules,
    isAll: true,
    state: 'UNSEALED',
    algorithms: ['ED25519', 'P256', 'SECP256K1'],
    ...facts,
  };
}

export function sampleRemoteKey(facts: Partial<RemoteKey> = {}): RemoteKey {
  return {
    ...{
      keyId: 'custody-btc-prod',
      algorithm: 'SECP256K1',
      state: 'ACTIVE',
      generation: 3,
      owner: 'treasury',
    },
    ...{ createdAt: timeFromNow(-400 * day), updatedAt: timeFromNow(-40 * day) },
    ...{ applyUntil: timeFromNow(200 * day), processUntil: timeFromNow(900 * day) },
    ...{ tampered: false, authorities: ['settlement'] },
    ...facts,
  };
}

function keyOf(
  keyId: string,
  algorithm: string,
  owner: string | null,
  facts: Partial<RemoteKey> = {},
): RemoteKey {
  return sampleRemoteKey({ keyId, algorithm, owner, generation: 1, ...facts });
}

const endless = { applyUntil: null, processUntil: null };

/** Twelve keys in every state, one of them of a later version. */
export function sampleRemoteKeys(): RemoteKey[] {
  return [
    keyOf('archive-2024', 'P256', 'legal', {
      state: 'EXPIRED',
      applyUntil: timeFromNow(-300 * day),
      processUntil: timeFromNow(-day),
    }),
    keyOf('archive-2025', 'P256', 'legal', { state: 'APPLY_EXPIRED', applyUntil: timeFromNow(-20 * day) }),
    keyOf('archive-2026', 'P256', 'legal', { applyUntil: timeFromNow(9 * day) }),
    sampleRemoteKey(),
    keyOf('custody-eth-prod', 'SECP256K1', 'treasury', { generation: 2 }),
    keyOf('custody-sol-prod', 'ED25519', 'treasury'),
    keyOf('invoices:eu', 'P256', null, endless),
    keyOf('lattice-trial', 'ML_DSA_65', 'research', { state: 'QUARANTINED', ...endless }),
    keyOf('old-signer', 'ED25519', null, { state: 'DESTROYED', ...endless, authorities: [] }),
    keyOf('releases', 'ED25519', 'platform', {
      generation: 12,
      ...endless,
      authorities: ['release', 'nightly'],
    }),
    keyOf('wallet-cold', 'SECP256K1', 'treasury', { state: 'DISABLED', ...endless }),
    keyOf('wallet-hot', 'SECP256K1', 'treasury', { state: 'UNKNOWN', tampered: true }),
  ];
}

/** Two hundred keys with long ids and names. */
export function manyRemoteKeys(): RemoteKey[] {
  const [sample] = sampleRemoteKeys();
  return Array.from({ length: 200 }, (_, index) =>
    sampleRemoteKey({
      ...sampleRemoteKeys()[index % 12],
      keyId: `verkehrsinfrastruktur-${String(index).padStart(3, '0')}:berichtsdatenverarbeitung-${sample?.owner ?? ''}`,
      owner: index % 5 === 0 ? null : 'abteilung/verkehrsinfrastrukturplanung-und-datenverarbeitung',
    }),
  );
}

/** The generations of a key, the newest first: those before the last two are gone. */
export function sampleGenerations({
  generation,
  state,
}: Pick<RemoteKey, 'generation' | 'state'>): Generation[] {
  return Array.from({ length: Math.min(generation, 20) }, (_, index) => ({
    generation: generation - index,
    state: index === 0 ? state : index < 3 ? 'ACTIVE' : 'DESTROYED',
    createdAt: timeFromNow(-40 * day * (index + 1)),
  }));
}

export function sampleKeeper(): RemoteKeysWorld {
  return {
    keeper: {
      standing: sampleStanding(),
      keys: sampleRemoteKeys(),
      generations: {},
      file: 'statement-q3.pdf',
      claims: sampleClaims(),
    },
  };
}
