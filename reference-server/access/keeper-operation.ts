import type { Decision } from '../../contracts/permissions/decision.ts';
import { decideOperation, permissionFor } from '../../contracts/permissions/operations.ts';
import type { OperationId } from '../../contracts/permissions/operations.ts';
import type { KeeperCaller } from '../auth/keeper/caller.ts';
import { KeeperError } from '../http/keeper-error.ts';

/**
 * Refuses who may not do something.
 *
 * @param keyId - Of the key that it is about; null for the others.
 * @throws KeeperError 403 `ACCESS_DENIED`, which names the rule that decided.
 */
export function requireKeeperOperation(
  { held }: KeeperCaller,
  operation: OperationId,
  keyId: string | null,
): void {
  const decision = decideOperation(held, operation, keyId);
  if (decision.allowed) return;
  throw new KeeperError('ACCESS_DENIED', refusalWords(decision, permissionFor(operation, keyId)));
}

function refusalWords(decision: Exclude<Decision, { allowed: true }>, permission: string): string {
  switch (decision.because) {
    case 'denied':
      return `The rule ${decision.by.text} denies ${permission}`;
    case 'not_granted':
      return `No rule of the token grants ${permission}`;
    case 'bad_rule': {
      const { index, text, problem } = decision.bad;
      const where = `at character ${String(problem.at + 1)}`;
      return `Rule ${String(index + 1)} of the token cannot be read (${problem.reason} ${where}), so it grants nothing: ${text}`;
    }
  }
}
