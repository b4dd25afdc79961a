import { NativeSelect } from '@mantine/core';
import { UserPlus } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { OwnUser, UserSummary } from '../../../contracts/ipc/users.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { DataTable, type Column, type Filter } from '../../ui/data-table.tsx';
import { FirstOfMany } from '../../ui/first-of-many.tsx';
import { NarrowRow } from '../../ui/narrow-row.tsx';
import { Page } from '../../ui/page.tsx';
import { Person } from '../../ui/person.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useListSearch } from '../../ui/use-list-search.ts';
import { NewUserDialog } from './new-user-dialog.tsx';
import { usersQuery } from './queries.ts';
import { UserDeedDialog } from './user-deeds.tsx';
import { deedsFor, type UserDeed } from './deeds-for.ts';
import { UserSheet } from './user-sheet.tsx';
import { roleOptions, roleTitle, statusBadge, statuses } from './user-words.ts';

const columns: readonly Column<UserSummary>[] = [
  {
    head: 'User',
    orderBy: ({ name }) => name,
    cell: ({ email }, name) => <Person name={name} email={email} />,
  },
  {
    head: 'User name',
    leavesBelow: 60,
    orderBy: ({ username }) => username,
    cell: ({ username }) => username,
  },
  { head: 'Role', orderBy: ({ role }) => role, cell: ({ role }) => roleTitle(role) },
  {
    head: 'State',
    orderBy: ({ status }) => status,
    cell: (user) => {
      const { tone, words } = statusBadge(user);
      return <Badge tone={tone}>{words}</Badge>;
    },
  },
  {
    head: 'Last sign-in',
    leavesBelow: 54,
    orderBy: ({ lastSignInAt }) => lastSignInAt,
    cell: ({ lastSignInAt }) =>
      lastSignInAt === null ? <span className="kh-dim">Never</span> : <RelativeTime at={lastSignInAt} />,
  },
];

const filter: Filter<UserSummary> = {
  label: 'Filter by name or email',
  noun: 'users',
  noMatch: 'No user matches the filter.',
  from: 8,
  wordsOf: ({ name, username, email }) => [name, username, email],
};

interface Shown {
  role: string;
  status: string;
}

const everything: Shown = { role: '', status: '' };

export interface UsersProps {
  context: ContextSummary;
  me: OwnUser;
}

type Layer = { kind: 'none' | 'new' } | { kind: 'deed'; deed: UserDeed; user: UserSummary };

/** The list of users, and what is done to them. */
export function Users({ context, me }: UsersProps): ReactNode {
  const { list, asked } = useListSearch(
    (search) => usersQuery(context.id, search),
    ({ users }) => users.length,
  );
  const [shown, setShown] = useState(everything);
  const [openedId, setOpenedId] = useState<string | null>(null);
  const [layer, setLayer] = useState<Layer>({ kind: 'none' });
  const users = list.data?.users;
  const narrowed = useMemo(
    () =>
      users?.filter(
        ({ role, status }) =>
          (shown.role === '' || role === shown.role) && (shown.status === '' || status === shown.status),
      ),
    [users, shown],
  );
  const close = (): void => setLayer({ kind: 'none' });
  const begin = (deed: UserDeed, user: UserSummary): void => {
    setOpenedId(null);
    setLayer({ kind: 'deed', deed, user });
  };
  return (
    <Page
      title="Users"
      lead={`Who has an account on ${context.serviceName}, and how far it goes there.`}
      actions={
        <Button kind="primary" icon={<UserPlus />} onClick={() => setLayer({ kind: 'new' })}>
          New user
        </Button>
      }
    >
      {users !== undefined && (asked !== undefined || users.length > 1) && (
        <Narrowing shown={shown} onChange={setShown} />
      )}
      <FirstOfMany
        listed={asked?.typed === '' ? users?.length : undefined}
        total={list.data?.total}
        order="user name"
        searched
      />
      <DataTable
        label="Users"
        columns={columns}
        list={{ ...list, data: narrowed }}
        filter={{ ...filter, asked }}
        idOf={({ id }) => id}
        nameOf={({ name }) => name}
        isDim={({ status }) => status === 'disabled'}
        minWidth={480}
        empty={<p className="kh-dim">No user has that role and state.</p>}
        onOpen={({ id }) => setOpenedId(id)}
        menuOf={(user) =>
          deedsFor(user, me).map(({ deed, label, icon }) => ({ label, icon, run: () => begin(deed, user) }))
        }
      />
      <UserSheet
        context={context}
        me={me}
        user={users?.find(({ id }) => id === openedId) ?? null}
        onDeed={begin}
        onClose={() => setOpenedId(null)}
      />
      {layer.kind === 'new' && <NewUserDialog context={context} onClose={close} />}
      {layer.kind === 'deed' && <UserDeedDialog context={context} {...layer} onClose={close} />}
    </Page>
  );
}

function Narrowing({ shown, onChange }: { shown: Shown; onChange: (shown: Shown) => void }): ReactNode {
  return (
    <NarrowRow>
      <NativeSelect
        aria-label="Role"
        value={shown.role}
        data={[
          { value: '', label: 'All roles' },
          ...roleOptions.map(({ value, label }) => ({ value, label })),
        ]}
        onChange={(event) => onChange({ ...shown, role: event.currentTarget.value })}
      />
      <NativeSelect
        aria-label="State"
        value={shown.status}
        data={[
          { value: '', label: 'All states' },
          ...statuses.map((status) => ({ value: status, label: statusBadge({ status }).words })),
        ]}
        onChange={(event) => onChange({ ...shown, status: event.currentTarget.value })}
      />
    </NarrowRow>
  );
}
