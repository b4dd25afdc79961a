import type { ReactNode } from 'react';
import type { MemberSummary } from '../../../contracts/ipc/members.ts';
import { exactTime } from '../../lib/format.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { Code } from '../../ui/code.tsx';
import { Sheet } from '../../ui/dialog.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { SheetPart } from '../../ui/sheet.tsx';
import { AccessOf } from '../access/why/what-can.tsx';
import { whyNot } from '../orgs/rights.ts';
import { RoleForm, type MemberProps } from './role-form.tsx';

interface MemberSheetProps extends Omit<MemberProps, 'member'> {
  /** The member to show; null closes the sheet. */
  member: MemberSummary | null;
  onClose: () => void;
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
                value: <Code>{member.userId}</Code>,
              },
              { name: 'Joined', value: exactTime(member.joinedAt) },
            ]}
          />
          <RolePart key={member.role} {...props} member={member} />
          <AccessOf
            context={props.context}
            reference={`user:${member.userId}`}
            name={member.name}
            organization={props.org.slug}
          />
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
  const { org, acting, member, owners, onRemove } = props;
  const isSelf = member.userId === acting.userId;
  const isLastOwner = member.role === 'owner' && owners <= 1;
  const refusal = isSelf ? whyNot(acting, 'members:leave') : whyFixed(props);
  const why =
    isSelf && isLastOwner ? 'You are the only owner. Make somebody else an owner before you leave.' : refusal;
  // Said already: who may not change the role may not remove either.
  if (!isSelf && why !== null) return null;
  return (
    <SheetPart title={isSelf ? 'Leave' : 'Remove'}>
      {why !== null ? (
        <p className="kh-dim">{why}</p>
      ) : (
        <div className="kh-row">
          <Button kind="danger" onClick={() => onRemove(member)}>
            {isSelf ? `Leave ${org.slug}…` : `Remove from ${org.slug}…`}
          </Button>
        </div>
      )}
    </SheetPart>
  );
}
