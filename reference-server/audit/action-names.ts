import type { AuditEventRow } from '../../contracts/server-api/audit.ts';
import type { AuditEvent } from '../db/write.ts';

type Event = Pick<AuditEvent, 'action' | 'outcome'>;

/** Events that Artifact Keeper has other names for than ours in upper case: the name, and which events it covers. */
const named: readonly { name: string; action: string; outcome?: AuditEvent['outcome'] }[] = [
  { name: 'LOGIN', action: 'auth.sign_in', outcome: 'success' },
  { name: 'LOGIN', action: 'auth.renewed' },
  { name: 'LOGIN_FAILED', action: 'auth.sign_in', outcome: 'failure' },
  { name: 'LOGOUT', action: 'auth.sign_out' },
  { name: 'PASSWORD_CHANGED', action: 'auth.password_changed', outcome: 'success' },
  { name: 'PASSWORD_CHANGE_FAILED', action: 'auth.password_changed', outcome: 'failure' },
  { name: 'SESSIONS_INVALIDATED', action: 'auth.refresh_replayed' },
  { name: 'REPOSITORY_PERMISSION_CHANGED', action: 'grant.set' },
  { name: 'REPOSITORY_PERMISSION_CHANGED', action: 'grant.removed' },
];

/** An event's name in Artifact Keeper's form: `USER_CREATED` of `user.created`. */
export function nameOfEvent({ action, outcome }: Event): string {
  const found = named.find((each) => each.action === action && (each.outcome ?? outcome) === outcome);
  return found?.name ?? action.toUpperCase().replaceAll(/[.-]/g, '_');
}

/**
 * Which of our events have a name.
 *
 * @param known - The actions that the log has.
 */
export function eventsOfName(name: string, known: readonly string[]): Event[] {
  const all = known.flatMap((action): Event[] => [
    { action, outcome: 'success' },
    { action, outcome: 'failure' },
  ]);
  return all.filter((event) => nameOfEvent(event) === name);
}

/** What tells events of one name apart. */
const toldApart: Readonly<Record<string, AuditEventRow['details']>> = {
  'auth.renewed': { method: 'token_refresh' },
  'grant.set': { change: 'set' },
  'grant.removed': { change: 'removed' },
};

/** What else is known of an event, in Artifact Keeper's form: with what its name leaves open. */
export function detailsOfEvent({ action, details }: AuditEventRow): AuditEventRow['details'] {
  return { ...details, ...toldApart[action] };
}

/** What an event is about: the noun before the dot. */
export function resourceTypeOf(action: string): string {
  return action.slice(0, Math.max(0, action.indexOf('.')));
}
