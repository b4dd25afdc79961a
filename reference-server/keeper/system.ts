import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type {
  Initialized,
  initRequestSchema,
  KeeperState,
  SealProgress,
  unsealRequestSchema,
} from '../../contracts/server-api/tkeeper/system.ts';
import type { KeeperKeys, KeeperMemory, ServerContext } from '../context.ts';
import type { KeeperTable } from '../db/keeper-schema.ts';
import type { Tx } from '../db/write.ts';
import { KeeperError } from '../http/keeper-error.ts';
import { insertAnchor, isAnchored, requireSoundAnchor } from './anchor.ts';
import { readBase64 } from './base64.ts';
import { insertIntegrityKey } from './integrity.ts';
import { isInitialized, keeperRow, shareDigestsOf } from './keeper-row.ts';
import { authenticated, requireAuthentic, stampOf, tampered } from './records.ts';
import { forgetOldShares, forgetShares, keepShares } from './memory.ts';
import { keysOf, seal, unseal, wipe, wipeKeys } from './seal.ts';
import { combineRoot, digestOfShare, readShare, rootSize, setSize, splitRoot } from './shares.ts';
import type { Share } from './shares.ts';

const peersMax = 255;

export async function stateOf({ db, keeper }: Pick<ServerContext, 'db' | 'keeper'>): Promise<KeeperState> {
  if (keeper.keys !== null) return 'UNSEALED';
  return (await isInitialized(db)) ? 'SEALED' : 'UNINITIALIZED';
}

/** Refuses while the keeper is not there, or sealed. @throws KeeperError KEEPER_NOT_INITIALIZED, KEEPER_SEALED */
export async function requireUnsealed(context: Pick<ServerContext, 'db' | 'keeper'>): Promise<void> {
  const state = await stateOf(context);
  if (state === 'UNINITIALIZED') throw notInitialized();
  if (state === 'SEALED') throw isSealed();
}

export function isSealed(): KeeperError {
  return new KeeperError('KEEPER_SEALED', 'The keeper is sealed. Give it the shares that unseal it.');
}

function notInitialized(): KeeperError {
  return new KeeperError(
    'KEEPER_NOT_INITIALIZED',
    'The keeper is not initialized yet: who may has to do that first (system/init).',
  );
}

/**
 * Makes the keeper: what seals its keys is split into shares, kept nowhere and told once. It begins sealed.
 *
 * @returns the shares, and the keys for as long as the initialization is written down
 * @throws KeeperError
 */
export async function initKeeper(
  tx: Tx,
  request: z.output<typeof initRequestSchema>,
  now: Date,
): Promise<{ initialized: Initialized; keys: KeeperKeys }> {
  if (await isInitialized(tx)) {
    throw new KeeperError(
      'KEEPER_ALREADY_INITIALIZED',
      'The keeper is initialized already. Unseal it by the shares that it gave then.',
    );
  }
  // A keeper never goes: what is left of one was not left by it.
  if (await isAnchored(tx)) throw tampered();
  requireQuorum(request);
  const { peerId, threshold, total } = request;
  const [root, set] = [randomBytes(rootSize), randomBytes(setSize)];
  try {
    const keys = keysOf(root, set);
    const shares = await splitRoot(root, set, { threshold, total });
    const shareSet = set.toString('hex');
    const row = {
      ...{ id: 1 as const, peer_id: peerId, threshold, total, share_set: shareSet },
      share_digests: JSON.stringify(shares.map((share) => digestOfShare(readShare(share)))),
      proof: seal(keys.material, Buffer.from(shareSet), ['proof', shareSet]),
      created_at: now.toISOString(),
    };
    await tx
      .insertInto('keeper')
      .values(authenticated(keys, 'keeper', row))
      .execute();
    await insertAnchor(tx, keys, stampOf(await insertIntegrityKey(tx, keys, 1, now)));
    const shares64 = shares.map((share) => share.toString('base64'));
    for (const share of shares) wipe(share);
    return { initialized: { threshold, total, shares64 }, keys };
  } finally {
    wipe(root);
  }
}

function requireQuorum({ peerId, threshold, total }: z.output<typeof initRequestSchema>): void {
  if (total < 1 || total > peersMax) throw new KeeperError('INVALID_TOTAL', 'total is 1 to 255.');
  if (threshold < 1 || threshold > total) {
    throw new KeeperError('INVALID_THRESHOLD', 'threshold is 1 to the total.');
  }
  if (threshold === 1 && total > 1) {
    throw new KeeperError('INVALID_THRESHOLD', 'Of several shares at least two are needed to unseal.');
  }
  // There are no other nodes; whoever reads the audit log knows this one by it.
  if (peerId < 1 || peerId > total) throw new KeeperError('INVALID_PEER_ID', 'peerId is 1 to the total.');
}

/**
 * Takes shares, and the keys where they are enough. All shares of a request are looked at before one is taken; those that
 * are enough but do not fit are all forgotten.
 *
 * @returns the progress, with the keys once there are enough shares: the keeper is unsealed when they are put to its memory
 * @throws KeeperError
 */
export async function takeShares(
  tx: Tx,
  { keeper: memory, now }: Pick<ServerContext, 'keeper' | 'now'>,
  { payload64, payloads64, reset }: z.output<typeof unsealRequestSchema>,
): Promise<{ progress: SealProgress; keys: KeeperKeys | null }> {
  if (memory.keys !== null)
    throw new KeeperError(
      'KEEPER_ALREADY_UNSEALED',
      'The keeper is unsealed already: it needs no more shares.',
    );
  const row = await keeperRow(tx, null);
  if (row === undefined) throw notInitialized();
  if (reset === true) forgetShares(memory);
  forgetOldShares(memory, now());
  const given = [...(payload64 === undefined ? [] : [payload64]), ...(payloads64 ?? [])];
  const bytes: Buffer[] = [];
  try {
    for (const text of given) bytes.push(readBase64('The share', text));
    const found = bytes.map(readShare);
    requireNewShares(row, memory, found);
    keepShares(memory, found, now);
  } finally {
    bytes.forEach(wipe);
  }
  const { threshold, total } = row;
  if (memory.shares.size < threshold) return { progress: halfDone(row, memory), keys: null };
  const keys = await openKeeper(tx, row, memory);
  return { progress: { threshold, total, progress: threshold, ready: true }, keys };
}

function requireNewShares(row: KeeperTable, memory: KeeperMemory, shares: readonly Share[]): void {
  const seen = new Set(memory.shares.keys());
  const digests = shareDigestsOf(row);
  for (const share of shares) {
    const { set, index } = share;
    if (set.toString('hex') !== row.share_set) {
      throw new KeeperError(
        'INVALID_SHARE',
        'The share is of another keeper, or of one that was here before. Give those of this one.',
      );
    }
    if (digests[index - 1] !== digestOfShare(share)) {
      throw new KeeperError(
        'INVALID_SHARE',
        'The share is none that this keeper gave. Compare it with where it is kept.',
      );
    }
    if (seen.has(index)) {
      throw new KeeperError('INVALID_SHARE', `Share ${String(index)} was given already. Give another one.`);
    }
    seen.add(index);
  }
}

async function openKeeper(tx: Tx, row: KeeperTable, memory: KeeperMemory): Promise<KeeperKeys> {
  const root = await combineRoot([...memory.shares.values()].slice(0, row.threshold));
  forgetShares(memory);
  const keys = keysOf(root, Buffer.from(row.share_set, 'hex'));
  wipe(root);
  try {
    if (unseal(keys.material, row.proof, ['proof', row.share_set]) === null) throw tampered();
    requireAuthentic(keys, 'keeper', row);
    await requireSoundAnchor(tx, keys);
    return keys;
  } catch (error) {
    wipeKeys(keys);
    throw error;
  }
}

/** How far the unsealing is; null before the keeper is initialized. */
export async function progressOf({
  db,
  keeper,
  now,
}: Pick<ServerContext, 'db' | 'keeper' | 'now'>): Promise<SealProgress | null> {
  const row = await keeperRow(db, keeper.keys);
  if (row === undefined) return null;
  const { threshold, total } = row;
  if (keeper.keys !== null) return { threshold, total, progress: threshold, ready: true };
  forgetOldShares(keeper, now());
  return halfDone(row, keeper);
}

function halfDone(
  { threshold, total }: Pick<KeeperTable, 'threshold' | 'total'>,
  { shares, sharesEnd }: KeeperMemory,
): SealProgress {
  return {
    ...{ threshold, total, progress: shares.size, ready: false },
    ...(sharesEnd !== null && { forgottenAt: sharesEnd.getTime() }),
  };
}
