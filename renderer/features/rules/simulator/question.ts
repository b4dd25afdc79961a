import type { PastedClaims } from '../../../../contracts/ipc/token-sign-in.ts';
import type { OperationId } from '../../../../contracts/permissions/operations.ts';

/** What is asked. It goes with the page, and with it what a pasted token said. */
export interface Question {
  pasted: PastedClaims | null;
  /** Ids of those who ask; null as long as nobody was chosen. */
  chosen: ReadonlySet<string> | null;
  operation: OperationId;
  /** As it was typed; null as long as nobody did. */
  keyId: string | null;
  /** A line that may be added. */
  line: string;
}

export const firstQuestion: Question = {
  ...{ pasted: null, chosen: null, operation: 'key.sign', keyId: null, line: '' },
};
