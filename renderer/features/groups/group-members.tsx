import { useQuery, useQueryClient } from '@tanstack/react-query';
import { UserMinus } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { GroupMemberSummary, GroupSummary } from '../../../contracts/ipc/groups.ts';
import { keyhold } from '../../lib/api.ts';
import { counted } from '../../lib/format.ts';
import { SecondLine } from '../../ui/credential-cells.tsx';
import { DataTable, type Column, type Filter } from '../../ui/data-table.tsx';
import { FirstOfMany } from '../../ui/first-of-many.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { toastDone } from '../../ui/toast.ts';
import { useAction } from '../../ui/use-action.ts';
import { useAccessAction } from '../access/why/what-can.tsx';
import css from './groups.module.css';
import { groupMembersQuery, groupsQuery } from './queries.ts';

const columns: readonly Column<GroupMemberSummary>[] = [
  {
    head: 'Member',
    orderBy: ({ name }) => name,
    cell: ({ username }, name) => (
      <>
        {name}
        <SecondLine>{username}</SecondLine>
      </>
    ),
  },
  {
    head: 'Added',
    orderBy: ({ joinedAt }) => joinedAt,
    cell: ({ joinedAt }) => (joinedAt === null ? '' : <RelativeTime at={joinedAt} />),
  },
];

const filter: Filter<GroupMemberSummary> = {
  label: 'Filter by name',
  noun: 'members',
  noMatch: 'No member matches the filter.',
  from: 8,
  wordsOf: ({ name, username }) => [name, username],
};

interface GroupMembersProps {
  context: ContextSummary;
  group: GroupSummary;
  /** They are taken out here. */
  editable: boolean;
}

/** Who is in a group. */
export function GroupMembers({ context, group, editable }: GroupMembersProps): ReactNode {
  const client = useQueryClient();
  const query = groupMembersQuery(context.id, group.id);
  const list = useQuery(query);
  const access = useAccessAction(context);
  const takeOut = useAction(
    async (member: GroupMemberSummary) => {
      const by = { contextId: context.id, groupId: group.id, userIds: [member.userId] };
      const answer = await keyhold().groups.removeMembers(by);
      if (answer.ok)
        toastDone(`${member.name} is not in ${group.name} any more`, 'What it allowed ended at once.');
      return answer;
    },
    () => Promise.all([client.invalidateQueries(query), client.invalidateQueries(groupsQuery(context.id))]),
  );
  if (list.data?.members.length === 0 && list.data.total > 0) {
    return (
      <p className="kh-dim">
        {`${counted(list.data.total, 'member')}. ${context.serviceName} does not tell who they are.`}
      </p>
    );
  }
  return (
    <div className={`kh-stack ${css['people'] ?? ''}`}>
      <FirstOfMany listed={list.data?.members.length} total={list.data?.total} order="user name" />
      <DataTable
        label={`Members of ${group.name}`}
        columns={columns}
        list={{ ...list, data: list.data?.members }}
        filter={filter}
        idOf={({ userId }) => userId}
        nameOf={({ name }) => name}
        empty={<p className="kh-dim">Nobody is in it yet.</p>}
        menuOf={(member) => [
          ...access.actionFor({ reference: `user:${member.userId}`, name: member.name }),
          ...(editable
            ? [
                {
                  label: 'Take out',
                  icon: UserMinus,
                  run: () => {
                    takeOut.mutate(member);
                  },
                },
              ]
            : []),
        ]}
      />
      {access.sheet}
    </div>
  );
}
