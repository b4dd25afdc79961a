import type { HeldRules } from '../../../contracts/permissions/decision.ts';

/** Who uses the keeper. They are known to it alone, and are no users of the server. */
export interface KeeperCaller {
  /** The subject of a JWT; `dev-mode` or `anonymous`. */
  subject: string;
  /** On whose behalf it is done, which without other nodes is the subject. */
  actor: string;
  /** The rules as they were sent. */
  permissions: readonly string[];
  held: HeldRules;
  /** When their token ends; null for one that has no end. */
  ends: Date | null;
}
