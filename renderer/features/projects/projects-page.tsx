import { useQuery } from '@tanstack/react-query';
import { FolderGit2, Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { ProjectSummary } from '../../../contracts/ipc/projects.ts';
import { Button } from '../../ui/button.tsx';
import { Code } from '../../ui/code.tsx';
import { DataTable, type Column, type Filter } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { InOrg, type InOrgPlace } from '../orgs/in-org.tsx';
import { whyNot } from '../orgs/rights.ts';
import { DeleteProjectDialog } from './delete-project-dialog.tsx';
import { NewProjectDialog } from './new-project-dialog.tsx';
import { ProjectSheet } from './project-sheet.tsx';
import { projectsQuery } from './queries.ts';

const columns: readonly Column<ProjectSummary>[] = [
  { head: 'Project', orderBy: ({ name }) => name, cell: (_project, name) => name },
  { head: 'Branches', orderBy: ({ branchCount }) => branchCount, cell: ({ branchCount }) => branchCount },
  {
    head: 'Default branch',
    leavesBelow: 54,
    orderBy: ({ defaultBranch }) => defaultBranch,
    cell: ({ defaultBranch }) => <Code>{defaultBranch}</Code>,
  },
  {
    head: 'Made by',
    leavesBelow: 60,
    orderBy: ({ createdBy }) => createdBy,
    cell: ({ createdBy }) => createdBy ?? <span className="kh-dim">An account that is gone</span>,
  },
  {
    head: 'Made',
    orderBy: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
];

const filter: Filter<ProjectSummary> = {
  label: 'Filter by name',
  noun: 'projects',
  noMatch: 'No project matches the filter.',
  from: 8,
  wordsOf: ({ name }) => [name],
};

/** The projects of the organization that the context acts in. */
export function ProjectsPage({ context }: { context: ContextSummary }): ReactNode {
  return (
    <InOrg title="Projects" context={context}>
      {(place) => <Projects {...place} />}
    </InOrg>
  );
}

type ProjectDialog = { kind: 'none' | 'new' } | { kind: 'delete'; project: ProjectSummary };

function Projects(place: InOrgPlace): ReactNode {
  const { context, acting, org } = place;
  const list = useQuery(projectsQuery(context));
  const [openedId, setOpenedId] = useState<string | null>(null);
  const [dialog, setDialog] = useState<ProjectDialog>({ kind: 'none' });
  const close = (): void => setDialog({ kind: 'none' });
  const why = whyNot(acting, 'projects:create');
  const make = why === null && (
    <Button kind="primary" icon={<Plus />} onClick={() => setDialog({ kind: 'new' })}>
      New project
    </Button>
  );
  const hasSome = (list.data ?? []).length > 0;
  return (
    <Page
      title="Projects"
      lead={`What ${org.name} works on. API keys can be for some projects or branches alone.`}
      actions={hasSome ? make : undefined}
    >
      {why !== null && hasSome && <p className="kh-dim">{why}</p>}
      <DataTable
        label="Projects"
        columns={columns}
        list={list}
        filter={filter}
        idOf={({ id }) => id}
        nameOf={({ name }) => name}
        minWidth={420}
        empty={
          <EmptyState picture={<FolderGit2 />} title={`No projects in ${org.name} yet`} action={make}>
            {why ?? 'A project has branches, and API keys of its own. Make the first one.'}
          </EmptyState>
        }
        onOpen={({ id }) => setOpenedId(id)}
      />
      <ProjectSheet
        {...place}
        project={list.data?.find(({ id }) => id === openedId) ?? null}
        onDelete={(project) => {
          setOpenedId(null);
          setDialog({ kind: 'delete', project });
        }}
        onClose={() => setOpenedId(null)}
      />
      {dialog.kind === 'new' && <NewProjectDialog {...place} onMade={setOpenedId} onClose={close} />}
      {dialog.kind === 'delete' && (
        <DeleteProjectDialog {...place} project={dialog.project} onClose={close} />
      )}
    </Page>
  );
}
