import { useState, type ReactNode } from 'react';
import type { MemberSummary } from '../../../contracts/ipc/members.ts';
import { keyhold } from '../../lib/api.ts';
import { exactTime } from '../../lib/format.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { DeedDialog } from '../../ui/deed-dialog.tsx';
import { Sheet } from '../../ui/dialog.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { SheetPart } from '../../ui/sheet.tsx';
import { whyNot } from '../orgs/rights.ts';
import { LeaveDialog } from './leave-dialog.tsx';
import { RoleForm, type MemberProps } from './role-form.tsx';
import { membersQuery } from './queries.ts';

interface MemberSheetProps extends Omit<MemberProps, 'member'> {
  /** The member to show; null closes the sheet. */
  member: MemberSummary | null;
}

/** What is known of a member, their role, and their leave. */
export function MemberSheet(props: MemberSheetProps): ReactNode {
  const { member, onClose } = props;
  return (
    <Sheet opened={member !== null} onClose={onClose} title={member?.name ?? 'Member'}>
      {member !== null && (
        <div className="kh-stack" data-gap="5">
          <FactList
            facts={[
              { name: 'User name', value: <Breakable>{member.username}</Breakable> },
              { name: 'Email', value: <Breakable>{member.email}</Breakable> },
              {
                name: 'User id',
                value: (
                  <code>
                    <Breakable>{member.userId}</Breakable>
                  </code>
                ),
              },
              { name: 'Joined', value: exactTime(member.joinedAt) },
            ]}
          />
          <RolePart key={member.role} {...props} member={member} />
          <LeavePart {...props} member={member} />
        </div>
      )}
    </Sheet>
  );
}

/** Why a member's role cannot be changed by who looks; null when it can. */
function whyFixed({ acting, org, member, owners }: MemberProps): string | null {
  const refusal = whyNot(acting, 'members:manage');
  if (refusal !== null) return refusal;
  if (org.kind === 'personal') return 'A personal organization has its owner as only member.';
  if (member.role !== 'owner') return null;
  if (acting.role !== 'owner') return 'Only owners may change the role of an owner.';
  return owners > 1 ? null : 'The only owner stays one: make somebody else an owner first.';
}

function RolePart(props: MemberProps): ReactNode {
  const fixed = whyFixed(props);
  return (
    <SheetPart title="Role">
      <RoleForm {...props} fixed={fixed} />
    </SheetPart>
  );
}

function LeavePart(props: MemberProps): ReactNode {
  const { context, org, acting, member, owners, onClose } = props;
  const [asking, setAsking] = useState(false);
  const isSelf = member.userId === acting.userId;
  const isLastOwner = member.role === 'owner' && owners <= 1;
  const refusal = isSelf ? whyNot(acting, 'members:leave') : whyFixed(props);
  const why =
    isSelf && isLastOwner ? 'You are the only owner. Make somebody else an owner before you leave.' : refusal;
  const byMember = { contextId: context.id, org: org.slug, userId: member.userId };
  return (
    <SheetPart title={isSelf ? 'Leave' : 'Remove'}>
      {why !== null ? (
        <p className="kh-dim">{why}</p>
      ) : (
        <div className="kh-row">
          <Button kind="danger" onClick={() => setAsking(true)}>
            {isSelf ? `Leave ${org.slug}…` : `Remove from ${org.slug}…`}
          </Button>
        </div>
      )}
      {asking && isSelf && <LeaveDialog {...props} onDone={onClose} onClose={() => setAsking(false)} />}
      {asking && !isSelf && (
        <DeedDialog
          title={`Remove ${member.name}?`}
          action="Remove member"
          run={() => keyhold().members.remove(byMember)}
          done={[`${member.name} no longer belongs to ${org.name}`]}
          stale={[membersQuery(props).queryKey]}
          onDone={onClose}
          onClose={() => setAsking(false)}
        >
          <p>
            {member.name} loses access to everything in {org.name} at once: open sessions and registry tokens
            included. API keys that they made there stop working. An invitation brings them back.
          </p>
        </DeedDialog>
      )}
    </SheetPart>
  );
}
