import type { ReactNode } from 'react';
import type { MemberSummary } from '../../../contracts/ipc/members.ts';
import { keyhold } from '../../lib/api.ts';
import { DeedDialog } from '../../ui/deed-dialog.tsx';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import { LeaveDialog } from './leave-dialog.tsx';
import { membersQuery } from './queries.ts';

interface RemoveDialogProps extends InOrgPlace {
  member: MemberSummary;
  onClose: () => void;
}

/** Ends somebody's membership: also the user's own. */
export function RemoveDialog({ member, onClose, ...place }: RemoveDialogProps): ReactNode {
  const { context, org, acting } = place;
  if (member.userId === acting.userId) return <LeaveDialog {...place} onClose={onClose} />;
  const byMember = { contextId: context.id, org: org.slug, userId: member.userId };
  return (
    <DeedDialog
      title={`Remove ${member.name}?`}
      action="Remove member"
      run={() => keyhold().members.remove(byMember)}
      done={[`${member.name} no longer belongs to ${org.name}`]}
      stale={[membersQuery(place).queryKey]}
      onClose={onClose}
    >
      <p>
        {member.name} loses access to everything in {org.name} at once: open sessions and registry tokens
        included. API keys that they made there stop working. An invitation brings them back.
      </p>
    </DeedDialog>
  );
}
