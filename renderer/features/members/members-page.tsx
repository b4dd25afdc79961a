import { useQuery } from '@tanstack/react-query';
import { UserPlus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { MemberSummary } from '../../../contracts/ipc/members.ts';
import { Button } from '../../ui/button.tsx';
import { DataTable, type Column, type Filter } from '../../ui/data-table.tsx';
import { Page } from '../../ui/page.tsx';
import { Person } from '../../ui/person.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { InOrg, type InOrgPlace } from '../orgs/in-org.tsx';
import { whyNot } from '../orgs/rights.ts';
import { RoleBadge } from '../orgs/role-badge.tsx';
import { Invitations } from './invitations.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { MemberSheet } from './member-sheet.tsx';
import { membersQuery } from './queries.ts';
import { RemoveDialog } from './remove-dialog.tsx';

const columns: readonly Column<MemberSummary>[] = [
  {
    head: 'Member',
    orderBy: ({ name }) => name,
    cell: ({ email }, name) => <Person name={name} email={email} />,
  },
  {
    head: 'User name',
    leavesBelow: 60,
    orderBy: ({ username }) => username,
    cell: ({ username }) => username,
  },
  { head: 'Role', orderBy: ({ role }) => role, cell: ({ role }) => <RoleBadge role={role} /> },
  {
    head: 'Joined',
    orderBy: ({ joinedAt }) => joinedAt,
    cell: ({ joinedAt }) => <RelativeTime at={joinedAt} />,
  },
];

const filter: Filter<MemberSummary> = {
  label: 'Filter by name or email',
  noun: 'members',
  noMatch: 'No member matches the filter.',
  from: 8,
  wordsOf: ({ name, username, email, role }) => [name, username, email, role],
};

/** Who belongs to the organization that the context acts in, and who is invited. */
export function MembersPage({ context }: { context: ContextSummary }): ReactNode {
  return (
    <InOrg title="Members" context={context}>
      {(place) => <Members {...place} />}
    </InOrg>
  );
}

function Members(place: InOrgPlace): ReactNode {
  const { acting, org } = place;
  const list = useQuery(membersQuery(place));
  const [openedId, setOpenedId] = useState<string | null>(null);
  const [removed, setRemoved] = useState<MemberSummary | null>(null);
  const [inviting, setInviting] = useState(false);
  const isTeam = org.kind !== 'personal';
  const mayInvite = isTeam && whyNot(acting, 'invitations:manage') === null;
  return (
    <Page
      title="Members"
      lead={
        isTeam
          ? `Who belongs to ${org.name}, and what they may do.`
          : `${org.name} is your personal organization: nobody else can join it.`
      }
      actions={
        mayInvite && (
          <Button kind="primary" icon={<UserPlus />} onClick={() => setInviting(true)}>
            Invite people
          </Button>
        )
      }
    >
      <DataTable
        label="Members"
        columns={columns}
        list={list}
        filter={filter}
        idOf={({ userId }) => userId}
        nameOf={({ name }) => name}
        minWidth={420}
        onOpen={({ userId }) => setOpenedId(userId)}
      />
      {isTeam && <Invitations {...place} />}
      <MemberSheet
        {...place}
        member={list.data?.find(({ userId }) => userId === openedId) ?? null}
        owners={list.data?.filter(({ role }) => role === 'owner').length ?? 0}
        onRemove={(member) => {
          setOpenedId(null);
          setRemoved(member);
        }}
        onClose={() => setOpenedId(null)}
      />
      {removed !== null && <RemoveDialog {...place} member={removed} onClose={() => setRemoved(null)} />}
      {inviting && <InviteDialog {...place} onClose={() => setInviting(false)} />}
    </Page>
  );
}
