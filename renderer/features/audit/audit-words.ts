import type { AuditEntry, AuditFilter } from '../../../contracts/ipc/audit.ts';

/** What is offered to look for, beside what the events in sight are called. */
const usual = [
  ...['LOGIN', 'LOGIN_FAILED', 'LOGOUT', 'PASSWORD_CHANGED', 'SESSIONS_INVALIDATED'],
  ...['REPOSITORY_PERMISSION_CHANGED', 'USER_CREATED', 'USER_UPDATED', 'USER_ROLE_CHANGED', 'USER_DISABLED'],
  ...['USER_ENABLED', 'USER_PASSWORD_RESET', 'GROUP_CREATED', 'GROUP_DELETED', 'GROUP_MEMBERS_ADDED'],
  ...['GROUP_MEMBERS_REMOVED', 'API_TOKEN_CREATED', 'API_TOKEN_REVOKED', 'KEY_REGISTERED', 'KEY_REVOKED'],
];

/** `USER_ROLE_CHANGED` as people read it: `User role changed`. */
export function actionWords(action: string): string {
  const words = action
    .toLowerCase()
    .replaceAll('_', ' ')
    .replaceAll(/\b(api|ldap|oidc)\b/g, (name) => name.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The actions to choose from, in words and in their order. */
export function actionsOf(entries: readonly AuditEntry[]): { value: string; label: string }[] {
  return [...new Set([...usual, ...entries.map(({ action }) => action)])]
    .map((value) => ({ value, label: actionWords(value) }))
    .sort((one, other) => one.label.localeCompare(other.label));
}

/** What an event was done to: `user jonas`. */
export function resourceWords({ type, id }: AuditEntry['resource']): string {
  return id === null ? type : `${type} ${id}`;
}

/** What the list is narrowed to; an empty text is everything. Days are as a date field gives them. */
export interface Narrowed {
  action: string;
  firstDay: string;
  lastDay: string;
  actor: AuditEntry['actor'];
  resource: AuditEntry['resource'] | null;
}

export const everything: Narrowed = { action: '', firstDay: '', lastDay: '', actor: null, resource: null };

/** A choice as main is asked for it. Days begin and end in local time. */
export function filterOf({ action, firstDay, lastDay, actor, resource }: Narrowed): AuditFilter {
  const [from, to] = [momentOf(`${firstDay}T00:00:00`), momentOf(`${lastDay}T23:59:59.999`)];
  return {
    ...(action !== '' && { action }),
    ...(from !== null && { from }),
    ...(to !== null && { to }),
    ...(actor !== null && { userId: actor.id }),
    ...(resource !== null && { resourceType: resource.type }),
    ...(resource?.id != null && { resourceId: resource.id }),
  };
}

function momentOf(local: string): string | null {
  const moment = new Date(local);
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}
