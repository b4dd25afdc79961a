import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { InvitationService } from '../core/orgs/invitation-service.ts';
import type { MemberService } from '../core/orgs/member-service.ts';
import type { OrgService } from '../core/orgs/org-service.ts';

interface Deps {
  orgs: OrgService;
  members: MemberService;
  invitations: InvitationService;
}

export function orgsHandlers({
  orgs,
  members,
  invitations,
}: Deps): Pick<IpcHandlers, 'orgs' | 'members' | 'invitations'> {
  return {
    orgs: {
      acting: ({ contextId }) => orgs.acting(contextId),
      list: ({ contextId }) => orgs.list(contextId),
      create: ({ contextId, name, slug }) => orgs.create(contextId, name, slug),
      switchTo: (place) => orgs.switchTo(place),
      rename: ({ name, ...place }) => orgs.rename(place, name),
      contents: (place) => orgs.contents(place),
      transfer: ({ userId, ...place }) => orgs.transfer(place, userId),
      leave: (place) => orgs.leave(place),
      remove: (place) => orgs.remove(place),
    },
    members: {
      list: (place) => members.list(place),
      changeRole: ({ userId, role, ...place }) => members.changeRole(place, userId, role),
      remove: ({ userId, ...place }) => members.remove(place, userId),
    },
    invitations: {
      list: (place) => invitations.list(place),
      send: ({ emails, role, ...place }) => invitations.send(place, emails, role),
      resend: ({ id, ...place }) => invitations.resend(place, id),
      copyLink: ({ id }) => invitations.copyLink(id),
      revoke: ({ id, ...place }) => invitations.revoke(place, id),
      view: ({ contextId, linkId }) => invitations.view(contextId, linkId),
      accept: ({ contextId, linkId }) => invitations.accept(contextId, linkId),
    },
  };
}
