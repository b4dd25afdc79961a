import type { ActivityKind, ActivityLog } from '../activity/activity-log.ts';
import type { Accounts } from './account.ts';
import type { ServiceCalls } from './service-calls.ts';

/** What it takes to do something at a context's service, and to write it down. */
export interface DeedDeps {
  contexts: Accounts;
  service: ServiceCalls;
  activity: ActivityLog;
}

/** Writes down what was done at a context's service. @throws KeyholdError `context_not_found`, `vault_locked`. */
export function noteDeed(
  { contexts, activity }: Pick<DeedDeps, 'contexts' | 'activity'>,
  kind: ActivityKind,
  contextId: string,
  detail: string,
): void {
  activity.append({ kind, contextName: contexts.get(contextId).name, detail });
}
