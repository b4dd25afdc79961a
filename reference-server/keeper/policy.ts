import { ownerMax, ownerPattern } from '../../contracts/server-api/tkeeper/fields.ts';
import type { KeySetPolicy, NotAfter } from '../../contracts/server-api/tkeeper/fields.ts';
import { authoritiesMax } from '../../contracts/server-api/tkeeper/keys.ts';
import type { GenerateRequest } from '../../contracts/server-api/tkeeper/keys.ts';
import type { KeyStatus } from '../../contracts/server-api/tkeeper/inventory.ts';
import type { KeeperGenerationTable, KeeperKeyTable } from '../db/keeper-schema.ts';
import { KeeperError } from '../http/keeper-error.ts';

/** Latest end of anything, in milliseconds since 1970: some thousand years. */
const latest = 1e14;

type Terms = Pick<KeeperKeyTable, 'policy' | 'apply_until' | 'process_until'>;

/**
 * A policy as it is kept.
 *
 * @throws KeeperError INVALID_KEY_SET_POLICY or INVALID_EXPIRATION_TIME
 */
export function termsOf({ apply, process, fourEye, allowHistoricalProcess }: KeySetPolicy): Terms {
  if ((fourEye ?? null) !== null) {
    throw new KeeperError(
      'INVALID_KEY_SET_POLICY',
      'This keeper asks nobody to approve: it would not heed fourEye, so it takes no key with it.',
    );
  }
  const [applyUntil, processUntil] = [endOf(apply), endOf(process)];
  if (applyUntil !== null && processUntil !== null && processUntil <= applyUntil) {
    throw new KeeperError('INVALID_KEY_SET_POLICY', 'process has to end later than apply.');
  }
  const kept = {
    ...((apply ?? null) !== null && { apply }),
    ...((process ?? null) !== null && { process }),
    allowHistoricalProcess,
  };
  return { policy: JSON.stringify(kept), apply_until: applyUntil, process_until: processUntil };
}

/** In milliseconds since 1970; null for none. */
function endOf(end: NotAfter | null | undefined): number | null {
  if (end === null || end === undefined) return null;
  const { unit, notAfter = null } = end;
  if (notAfter === null) return null;
  const instant = unit === 'SECONDS' ? notAfter * 1000 : notAfter;
  if (notAfter > 0 && instant <= latest) return instant;
  throw new KeeperError('INVALID_EXPIRATION_TIME', `notAfter is no time since 1970 in ${unit}.`);
}

/** A policy that is kept. */
export function policyOf({ policy }: Pick<KeeperKeyTable, 'policy'>): KeySetPolicy | null {
  return policy === null ? null : (JSON.parse(policy) as KeySetPolicy);
}

/** @throws KeeperError INVALID_ASSET_OWNER */
export function readOwner(owner: string | null | undefined): string | null {
  if (owner === null || owner === undefined) return null;
  if (owner.length <= ownerMax && ownerPattern.test(owner)) return owner;
  throw new KeeperError(
    'INVALID_ASSET_OWNER',
    'An owner is lower-case letters and digits, with single - _ : / between them, such as team/payments.',
  );
}

/** Authorities as they are kept. @throws KeeperError INVALID_AUTHORITY */
export function readAuthorities(authorities: GenerateRequest['authorities']): string {
  // Who comes by the page has no schema before this, and what is made stays in the inventory for good.
  if (authorities.length === 0 || authorities.length > authoritiesMax) {
    throw new KeeperError('INVALID_AUTHORITY', `A key has 1 to ${String(authoritiesMax)} authorities.`);
  }
  const ids = authorities.map(({ id, oci }) => {
    if (id.length > ownerMax || !ownerPattern.test(id)) {
      throw new KeeperError(
        'INVALID_AUTHORITY',
        'An authority is lower-case letters and digits, with single - _ : / between them.',
      );
    }
    if ((oci ?? null) !== null) {
      throw new KeeperError('INVALID_AUTHORITY', 'This keeper runs no programs that decide: leave oci out.');
    }
    return id;
  });
  if (new Set(ids).size < ids.length) {
    throw new KeeperError('INVALID_AUTHORITY', 'Each authority can be named once.');
  }
  return JSON.stringify(ids.map((id) => ({ id })));
}

/** The ids of a key's authorities. */
export function authoritiesOf({ authorities }: Pick<KeeperKeyTable, 'authorities'>): { id: string }[] {
  return JSON.parse(authorities) as { id: string }[];
}

type Ends = Pick<KeeperKeyTable, 'apply_until' | 'process_until'>;

/** Refuses to sign or encrypt once that has ended. @throws KeeperError KEY_APPLY_OPS_FORBIDDEN */
export function requireApply({ apply_until: until, process_until: whole }: Ends, now: Date): void {
  if (!isOver(until, now) && !isOver(whole, now)) return;
  throw new KeeperError(
    'KEY_APPLY_OPS_FORBIDDEN',
    'By its policy the key signs and encrypts no more. Rotate it with a later end.',
  );
}

/**
 * Refuses to verify or decrypt once that has ended, or by an earlier generation where the policy does not allow it.
 *
 * @throws KeeperError KEY_PROCESS_OPS_FORBIDDEN
 */
export function requireProcess(key: KeeperKeyTable, generation: number, now: Date): void {
  if (isOver(key.process_until, now)) {
    throw new KeeperError(
      'KEY_PROCESS_OPS_FORBIDDEN',
      'By its policy the key verifies and decrypts no more. Rotate it with a later end.',
    );
  }
  if (generation !== key.generation && policyOf(key)?.allowHistoricalProcess === false) {
    throw new KeeperError(
      'KEY_PROCESS_OPS_FORBIDDEN',
      `By its policy the key verifies and decrypts by its current generation alone, ${String(key.generation)}: name that, or none.`,
    );
  }
}

/** What a generation of a key is good for. */
export function statusOf(
  key: KeeperKeyTable,
  generation: Pick<KeeperGenerationTable, 'generation' | 'destroyed_at'>,
  now: Date,
): KeyStatus {
  if (generation.destroyed_at !== null) return 'DESTROYED';
  if (isOver(key.process_until, now)) return 'EXPIRED';
  if (generation.generation !== key.generation) return 'DISABLED';
  return isOver(key.apply_until, now) ? 'APPLY_EXPIRED' : 'ACTIVE';
}

function isOver(until: number | null, now: Date): boolean {
  return until !== null && until <= now.getTime();
}
