import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { GroupSummary } from '../../../contracts/ipc/groups.ts';
import type { UserSummary } from '../../../contracts/ipc/users.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { counted } from '../../lib/format.ts';
import { DataTable, type Column, type Filter } from '../../ui/data-table.tsx';
import { FirstOfMany } from '../../ui/first-of-many.tsx';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { Person } from '../../ui/person.tsx';
import { SheetPart } from '../../ui/sheet.tsx';
import { toastDone } from '../../ui/toast.ts';
import { useListSearch } from '../../ui/use-list-search.ts';
import { usersQuery } from '../users/queries.ts';
import css from './groups.module.css';
import { groupMembersQuery, groupsQuery } from './queries.ts';

const columns: readonly Column<UserSummary>[] = [
  {
    head: 'User',
    orderBy: ({ name }) => name,
    cell: ({ email }, name) => <Person name={name} email={email} />,
  },
  { head: 'User name', orderBy: ({ username }) => username, cell: ({ username }) => username },
];

const filter: Filter<UserSummary> = {
  label: 'Filter by name or email',
  noun: 'users',
  noMatch: 'No user matches the filter.',
  from: 8,
  wordsOf: ({ name, username, email }) => [name, username, email],
};

interface AddMembersProps {
  context: ContextSummary;
  group: GroupSummary;
  onClose: () => void;
}

/** Chooses users who are not in a group, and adds them. */
export function AddMembers({ context, group, onClose }: AddMembersProps): ReactNode {
  const client = useQueryClient();
  const membersQuery = groupMembersQuery(context.id, group.id);
  const { list: users, asked } = useListSearch(
    (search) => usersQuery(context.id, search),
    (page) => page.users.length,
  );
  const members = useQuery(membersQuery);
  const others = useMemo(() => {
    const inside = new Set(members.data?.members.map(({ userId }) => userId));
    return members.data && users.data?.users.filter(({ id }) => !inside.has(id));
  }, [users.data, members.data]);
  const form = useFieldForm<{ ids: readonly string[] }, undefined>({
    initialValues: { ids: [] },
    send: ({ ids }) =>
      valueOf(keyhold().groups.addMembers({ contextId: context.id, groupId: group.id, userIds: [...ids] })),
    onDone: async (_done, { ids }) => {
      await Promise.all([
        client.invalidateQueries(membersQuery),
        client.invalidateQueries(groupsQuery(context.id)),
      ]);
      toastDone(`Added ${counted(ids.length, 'member')} to ${group.name}`);
      onClose();
    },
  });
  const { ids } = form.fields.values;
  return (
    <FormFrame
      form={form}
      label={`Add members to ${group.name}`}
      action={ids.length === 0 ? 'Add members' : `Add ${counted(ids.length, 'member')}`}
      busyAction="Adding…"
      disabled={ids.length === 0}
      onCancel={onClose}
    >
      <SheetPart title="Add members">
        <div className={`kh-stack ${css['people'] ?? ''}`}>
          <FirstOfMany
            listed={asked?.typed === '' ? users.data?.users.length : undefined}
            total={users.data?.total}
            order="user name"
            searched
          />
          <DataTable
            label="Users who are not in it"
            columns={columns}
            list={{
              data: others,
              error: users.error ?? members.error,
              refetch: () => Promise.all([users.refetch(), members.refetch()]),
            }}
            filter={{ ...filter, asked }}
            idOf={({ id }) => id}
            nameOf={({ name }) => name}
            empty={<p className="kh-dim">Everybody is in it.</p>}
            selection={{
              kind: 'several',
              ids: new Set(ids),
              onChange: (chosen) => form.fields.setFieldValue('ids', [...chosen]),
            }}
          />
        </div>
      </SheetPart>
    </FormFrame>
  );
}
