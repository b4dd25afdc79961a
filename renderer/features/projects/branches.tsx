import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Pencil, Plus, Trash2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { branchNameRule } from '../../../contracts/domain/project-names.ts';
import type { BranchSummary, ProjectSummary } from '../../../contracts/ipc/projects.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { DataTable, type Column, type Filter } from '../../ui/data-table.tsx';
import { DeedForm } from '../../ui/deed-dialog.tsx';
import type { RowAction } from '../../ui/row-menu.tsx';
import { SheetPart } from '../../ui/sheet.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import { keysOfList, orgKey } from '../orgs/queries.ts';
import { whyNot } from '../orgs/rights.ts';
import { NameForm } from './name-form.tsx';
import { branchesQuery } from './queries.ts';

interface BranchesProps extends InOrgPlace {
  project: ProjectSummary;
}

const columns: readonly Column<BranchSummary>[] = [
  {
    head: 'Branch',
    orderBy: ({ name }) => name,
    cell: ({ isDefault }, name) => (
      <>
        {name} {isDefault && <Badge tone="neutral">Default</Badge>}
      </>
    ),
  },
  {
    head: 'Made',
    orderBy: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
];

const filter: Filter<BranchSummary> = {
  label: 'Filter by name',
  noun: 'branches',
  noMatch: 'No branch matches the filter.',
  from: 8,
  wordsOf: ({ name }) => [name],
};

type Opened = { kind: 'none' | 'new' } | { kind: 'rename' | 'delete'; branch: BranchSummary };

/** A project's branches, and what can be done to them. */
export function Branches(props: BranchesProps): ReactNode {
  const { context, acting, project } = props;
  const list = useQuery(branchesQuery(context, project.id));
  const [opened, setOpened] = useState<Opened>({ kind: 'none' });
  const why = whyNot(acting, 'branches:create');
  const menuOf = (branch: BranchSummary): RowAction[] => [
    ...(whyNot(acting, 'branches:rename') === null
      ? [
          {
            label: 'Rename…',
            icon: Pencil,
            run: () => {
              setOpened({ kind: 'rename', branch });
            },
          },
        ]
      : []),
    ...(whyNot(acting, 'branches:delete') === null && !branch.isDefault
      ? [
          {
            label: 'Delete…',
            icon: Trash2,
            run: () => {
              setOpened({ kind: 'delete', branch });
            },
          },
        ]
      : []),
  ];
  return (
    <SheetPart
      title="Branches"
      aside={
        why === null && (
          <Button size="small" icon={<Plus />} onClick={() => setOpened({ kind: 'new' })}>
            New branch
          </Button>
        )
      }
    >
      <DataTable
        label="Branches"
        columns={columns}
        list={list}
        filter={filter}
        idOf={({ id }) => id}
        nameOf={({ name }) => name}
        menuOf={menuOf}
      />
      <p className="kh-dim">{why ?? 'The default branch cannot be deleted: it goes with its project.'}</p>
      <OpenedForm {...props} opened={opened} onClose={() => setOpened({ kind: 'none' })} />
    </SheetPart>
  );
}

interface OpenedFormProps extends BranchesProps {
  opened: Opened;
  onClose: () => void;
}

/** What is asked for a branch, in the sheet: no dialog lies over one. */
function OpenedForm({ context, project, opened, onClose }: OpenedFormProps): ReactNode {
  const client = useQueryClient();
  const place = { contextId: context.id, projectId: project.id };
  const stale = keysOfList.branches.map((list) => orgKey(list, context));
  const refresh = async (): Promise<void> => {
    await Promise.all(stale.map((queryKey) => client.invalidateQueries({ queryKey })));
    onClose();
  };
  const naming = {
    field: 'Branch name',
    rule: branchNameRule,
    taken: 'branch_name_taken',
    onDone: refresh,
    onCancel: onClose,
  } as const;
  switch (opened.kind) {
    case 'none':
      return null;
    case 'new':
      return (
        <SheetPart level={4} title="New branch">
          <NameForm
            {...naming}
            label="New branch"
            action="Make branch"
            send={(name) => valueOf(keyhold().projects.createBranch({ ...place, name }))}
          />
        </SheetPart>
      );
    case 'rename':
      return (
        <SheetPart level={4} title={`Rename ${opened.branch.name}`}>
          <NameForm
            key={opened.branch.id}
            {...naming}
            label="Rename branch"
            action="Rename"
            initial={opened.branch.name}
            send={(name) =>
              valueOf(keyhold().projects.renameBranch({ ...place, branchId: opened.branch.id, name }))
            }
          />
        </SheetPart>
      );
    case 'delete':
      return (
        <SheetPart level={4} title={`Delete ${opened.branch.name}?`}>
          <DeedForm
            action="Delete branch"
            run={() => keyhold().projects.removeBranch({ ...place, branchId: opened.branch.id })}
            done={[`Deleted ${opened.branch.name}`]}
            stale={stale}
            onClose={onClose}
          >
            <p>
              The branch is gone from {project.name}. API keys that are for it alone can do nothing any more.
              This cannot be undone.
            </p>
          </DeedForm>
        </SheetPart>
      );
  }
}
