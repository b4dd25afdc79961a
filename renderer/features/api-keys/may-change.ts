import type { Acting } from '../../../contracts/domain/acting.ts';
import type { ApiKeySummary } from '../../../contracts/ipc/api-keys.ts';
import { whyNot } from '../orgs/rights.ts';

/** Whether somebody may rename and revoke a key: one's own, and as an admin those of others. */
export function mayChange(acting: Acting, { own }: Pick<ApiKeySummary, 'own'>): boolean {
  return whyNot(acting, own ? 'api-keys:manage' : 'api-keys:manage-all') === null;
}
