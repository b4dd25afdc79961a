import type { RemoteKey } from '../../../contracts/ipc/remote-keys.ts';
import type { InventoryItem } from '../service/dialects/tkeeper-keys.ts';

/** The latest moment that a `Date` can be, milliseconds since 1970. */
const latest = 8.64e15;

/** RFC 3339; null for what is no moment of a year of four digits. */
export function timeOf(ms: number): string | null {
  if (Math.abs(ms) > latest) return null;
  const text = new Date(ms).toISOString();
  return /^\d{4}-/.test(text) ? text : null;
}

/** A key as the window shows it. */
export function toRemoteKey(item: InventoryItem): RemoteKey {
  const { policy } = item;
  return {
    keyId: item.logicalId,
    algorithm: item.algorithm ?? null,
    state: item.status,
    generation: item.currentGeneration,
    owner: item.assetOwner ?? null,
    createdAt: timeOf(item.createdAt),
    updatedAt: timeOf(item.updatedAt),
    applyUntil: endOf(policy?.apply),
    processUntil: endOf(policy?.process),
    tampered: item.tampered,
    authorities: item.authorities.map(({ id }) => id),
  };
}

function endOf(end: NonNullable<InventoryItem['policy']>['apply']): string | null {
  if (end?.notAfter == null) return null;
  return timeOf(end.unit === 'SECONDS' ? end.notAfter * 1000 : end.notAfter);
}
