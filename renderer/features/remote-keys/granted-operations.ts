import { holdRules } from '../../../contracts/permissions/decision.ts';
import {
  decideOperation,
  operationIds,
  type OperationId,
} from '../../../contracts/permissions/operations.ts';
import { reachOf } from '../../../contracts/permissions/reach.ts';

/**
 * What rules let somebody do, with one key at least where it is about keys. What is denied with some keys alone counts as
 * granted.
 */
export function grantedOperations(permissions: readonly string[]): OperationId[] {
  const held = holdRules(permissions);
  if (held.bad.length > 0) return [];
  const reached = new Set(
    held.rules.filter(({ effect }) => effect === 'allow').flatMap((rule) => reachOf(rule, []).operations),
  );
  // Without a key's id, a star stands in its place: only who denies all keys denies that.
  return operationIds.filter(
    (operation) => reached.has(operation) && decideOperation(held, operation, null).because !== 'denied',
  );
}
