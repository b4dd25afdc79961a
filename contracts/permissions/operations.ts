import type { Decision, HeldRules } from './decision.ts';

/** A key id: lower case and hyphens, one colon at most, never a dot, so that it is one segment. */
export const keyIdPattern = /^[a-z0-9]+(?:-[a-z0-9]+)*(?::[a-z0-9]+(?:-[a-z0-9]+)*)?$/;
export const keyIdMax = 255;

export function isKeyId(text: string): boolean {
  return text.length <= keyIdMax && keyIdPattern.test(text);
}

/** What a keeper checks a permission for, by the permission's name without `tkeeper.` and the key. */
export const operationIds = [
  ...['key.public', 'key.sign', 'key.verify', 'key.encrypt', 'key.decrypt', 'key.destroy'],
  ...['dkg.create', 'dkg.rotate', 'dkg.refresh', 'storage.write'],
  ...['system.init', 'system.seal', 'system.unseal', 'integrity.rotate', 'consistency.fix', 'quorum.promote'],
  ...[
    'audit.log.verify',
    'compliance.inventory',
    'expired.view',
    'control.system',
    'control.sinks',
    'recover',
  ],
] as const;
export type OperationId = (typeof operationIds)[number];

/** What an operation was called before 2.0. A server that knows both names heeds a deny of either. */
const earlierNames: Partial<Record<OperationId, string>> = {
  'dkg.create': 'tkeeper.dkg.generate',
  'dkg.rotate': 'tkeeper.dkg.generate.overwrite',
  'key.destroy': 'tkeeper.storage.delete',
  'integrity.rotate': 'tkeeper.integrity.regen',
};

/** Whether an operation is about one key, whose id is part of its permission. */
export function isOfKey(operation: OperationId): boolean {
  return operation.startsWith('key.');
}

/**
 * The permission that an operation needs, which is also the narrowest rule that grants it.
 *
 * @param keyId - Of the key that it is about; null for all keys. Of no use for operations of none.
 */
export function permissionFor(operation: OperationId, keyId: string | null): string {
  return isOfKey(operation)
    ? `tkeeper.key.${keyId ?? '*'}.${operation.slice('key.'.length)}`
    : `tkeeper.${operation}`;
}

/** The same before 2.0; null for what had no other name. */
export function earlierPermissionFor(operation: OperationId): string | null {
  return earlierNames[operation] ?? null;
}

/** Whether a permission is what an operation was called before 2.0. */
export function isEarlierPermission(permission: string): boolean {
  return Object.values(earlierNames).includes(permission);
}

/**
 * Whether rules allow an operation, by its name or the earlier one; a deny of either wins. A star stands for names of today:
 * who wrote `tkeeper.storage.*` for imports has not let anybody destroy keys by what that was called once.
 */
export function decideOperation(held: HeldRules, operation: OperationId, keyId: string | null): Decision {
  const decision = held.decide(permissionFor(operation, keyId));
  const earlier = earlierPermissionFor(operation);
  if (earlier === null || decision.because === 'denied') return decision;
  const other = held.decide(earlier);
  if (other.because === 'denied') return other;
  const by = decision.allowed || !other.allowed ? null : held.naming(earlier);
  return by === null ? decision : { allowed: true, because: 'granted', by };
}
