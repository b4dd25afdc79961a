import { Pencil, Plus, Trash2, UsersRound } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { GroupSummary } from '../../../contracts/ipc/groups.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { SecondLine } from '../../ui/credential-cells.tsx';
import { DataTable, type Column, type Filter } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FirstOfMany } from '../../ui/first-of-many.tsx';
import { Page } from '../../ui/page.tsx';
import { useListSearch } from '../../ui/use-list-search.ts';
import { NeedsKey } from '../contexts/needs-key.tsx';
import { administrator, useOwnUser } from '../users/queries.ts';
import { DeleteGroupDialog } from './delete-group-dialog.tsx';
import { GroupDialog } from './group-dialog.tsx';
import { GroupSheet } from './group-sheet.tsx';
import { groupsQuery } from './queries.ts';

const columns: readonly Column<GroupSummary>[] = [
  {
    head: 'Group',
    orderBy: ({ name }) => name,
    cell: ({ description }, name) => (
      <>
        {name}
        {description !== '' && <SecondLine>{description}</SecondLine>}
      </>
    ),
  },
  {
    head: 'Organization',
    leavesBelow: 54,
    orderBy: ({ organization }) => organization,
    cell: ({ organization }) => organization ?? <span className="kh-dim">None</span>,
  },
  {
    head: 'Members',
    orderBy: ({ memberCount }) => memberCount,
    cell: ({ memberCount }) => memberCount.toLocaleString(),
  },
  {
    head: 'Kept by',
    orderBy: ({ source }) => source,
    cell: ({ source }) =>
      source === null ? <span className="kh-dim">The service</span> : <Breakable>{source}</Breakable>,
  },
];

const filter: Filter<GroupSummary> = {
  label: 'Filter by name or description',
  noun: 'groups',
  noMatch: 'No group matches the filter.',
  from: 8,
  wordsOf: ({ name, description, organization, source }) => [name, description, organization, source],
};

/** The groups of the context's service. */
export function GroupsPage({ context }: { context: ContextSummary }): ReactNode {
  if (context.state !== 'active') return <NeedsKey title="Groups" context={context} />;
  return <Groups context={context} />;
}

type Layer = { kind: 'none' | 'new' } | { kind: 'edit' | 'delete'; group: GroupSummary };

function Groups({ context }: { context: ContextSummary }): ReactNode {
  const { list, asked } = useListSearch(
    (search) => groupsQuery(context.id, search),
    (page) => page.groups.length,
  );
  const mayChange = useOwnUser(context)?.role === administrator;
  const [openedId, setOpenedId] = useState<string | null>(null);
  const [layer, setLayer] = useState<Layer>({ kind: 'none' });
  const close = (): void => setLayer({ kind: 'none' });
  const groups = list.data?.groups;
  const opened = groups?.find(({ id }) => id === openedId) ?? null;
  const make = mayChange && (
    <Button kind="primary" icon={<Plus />} onClick={() => setLayer({ kind: 'new' })}>
      New group
    </Button>
  );
  const remove = (group: GroupSummary): void => {
    setOpenedId(null);
    setLayer({ kind: 'delete', group });
  };
  return (
    <Page
      title="Groups"
      lead={
        mayChange
          ? 'Permissions on repositories are given to groups as to people.'
          : 'Those of your organizations, and those that you are in. Administrators change them.'
      }
      actions={groups?.length === 0 && asked === undefined ? undefined : make}
    >
      <FirstOfMany
        listed={asked?.typed === '' ? groups?.length : undefined}
        total={list.data?.total}
        order="name"
        searched
      />
      <DataTable
        label="Groups"
        columns={columns}
        list={{ ...list, data: groups }}
        filter={asked === undefined ? filter : { ...filter, label: 'Search by name', asked }}
        idOf={({ id }) => id}
        nameOf={({ name }) => name}
        minWidth={420}
        empty={
          <EmptyState
            picture={<UsersRound />}
            title={mayChange ? 'No groups yet' : 'No groups of yours'}
            action={make}
          >
            {mayChange
              ? 'Put people into a group, and give it permissions instead of each of them.'
              : `Administrators of ${context.serviceName} make groups and say who is in them.`}
          </EmptyState>
        }
        onOpen={({ id }) => setOpenedId(id)}
        menuOf={(group) =>
          mayChange && group.source === null
            ? [
                { label: 'Edit…', icon: Pencil, run: () => setLayer({ kind: 'edit', group }) },
                { label: 'Delete…', icon: Trash2, run: () => remove(group) },
              ]
            : []
        }
      />
      <GroupSheet
        context={context}
        mayChange={mayChange}
        // What is edited is opened again behind the dialog.
        group={layer.kind === 'none' ? opened : null}
        onEdit={(group) => setLayer({ kind: 'edit', group })}
        onDelete={remove}
        onClose={() => setOpenedId(null)}
      />
      {(layer.kind === 'new' || layer.kind === 'edit') && (
        <GroupDialog
          context={context}
          group={layer.kind === 'edit' ? layer.group : null}
          onDone={setOpenedId}
          onClose={close}
        />
      )}
      {layer.kind === 'delete' && <DeleteGroupDialog context={context} group={layer.group} onClose={close} />}
    </Page>
  );
}
