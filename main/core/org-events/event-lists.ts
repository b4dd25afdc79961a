import type { OrganizationList } from '../../../contracts/domain/organization-list.ts';
import { organizationLists } from '../../../contracts/domain/organization-list.ts';
import type { EventType } from '../../../contracts/server-api/index.ts';

const lists: Readonly<Record<EventType, readonly OrganizationList[]>> = {
  'organization.changed.v1': ['organization'],
  'member.changed.v1': ['members'],
  'invitation.changed.v1': ['invitations'],
  'api-key.changed.v1': ['api-keys'],
  'project.changed.v1': ['projects'],
  'branch.changed.v1': ['branches'],
  'resume.gap.v1': organizationLists,
};

/** Which lists are others after an event. None for one of a later service. */
export function listsAfter(type: string): readonly OrganizationList[] {
  return Object.hasOwn(lists, type) ? lists[type as EventType] : [];
}
