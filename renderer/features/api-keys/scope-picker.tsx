import { Input, NativeSelect, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { BranchSummary, ProjectSummary } from '../../../contracts/ipc/projects.ts';
import { counted } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { DataTable, type Column, type Filter } from '../../ui/data-table.tsx';
import { branchesQuery, projectsQuery } from '../projects/queries.ts';
import css from './api-keys.module.css';

/** One thing that a key is for: a project, or a branch as `shop/main`. */
export interface Target {
  id: string;
  name: string;
}

/** What a key is to reach. What was chosen of the other kinds stays, for whoever comes back to them. */
export interface Reach {
  kind: 'org' | 'project' | 'branch';
  projects: readonly Target[];
  branches: readonly Target[];
}

/** How many projects or branches one key may be for. */
export const maxTargets = 100;

/** What is chosen of the kind that counts. */
export function targetsOf({ kind, projects, branches }: Reach): readonly Target[] {
  switch (kind) {
    case 'org':
      return [];
    case 'project':
      return projects;
    case 'branch':
      return branches;
  }
}

interface ScopePickerProps {
  context: ContextSummary;
  reach: Reach;
  /** What is wrong with it, in words. */
  problem?: ReactNode;
  onChange: (reach: Reach) => void;
}

/** Chooses what a key reaches: the organization, some projects, or some branches. */
export function ScopePicker({ context, reach, problem, onChange }: ScopePickerProps): ReactNode {
  const id = useId();
  return (
    <div className={css['group']} role="group" aria-labelledby={id}>
      <Input.Label id={id} labelElement="div" className={css['label'] ?? ''}>
        It reaches
      </Input.Label>
      <SegmentedControl
        aria-labelledby={id}
        value={reach.kind}
        data={[
          { value: 'org', label: 'The organization' },
          { value: 'project', label: 'Projects' },
          { value: 'branch', label: 'Branches' },
        ]}
        onChange={(kind) => onChange({ ...reach, kind: kind })}
      />
      {reach.kind === 'project' && (
        <ProjectChoice
          context={context}
          chosen={reach.projects}
          onChange={(projects) => onChange({ ...reach, projects })}
        />
      )}
      {reach.kind === 'branch' && (
        <BranchChoice
          context={context}
          chosen={reach.branches}
          onChange={(branches) => onChange({ ...reach, branches })}
        />
      )}
      {problem !== undefined && (
        <p className={css['problem']} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

interface ChoiceProps {
  context: ContextSummary;
  chosen: readonly Target[];
  onChange: (chosen: readonly Target[]) => void;
}

const projectColumns: readonly Column<ProjectSummary>[] = [
  { head: 'Project', orderBy: ({ name }) => name, cell: (_project, name) => name },
  {
    head: 'Branches',
    orderBy: ({ branchCount }) => branchCount,
    cell: ({ branchCount }) => counted(branchCount, 'branch', 'branches'),
  },
];

const projectFilter: Filter<ProjectSummary> = {
  label: 'Filter by name',
  noun: 'projects',
  noMatch: 'No project matches the filter.',
  from: 6,
  wordsOf: ({ name }) => [name],
};

function ProjectChoice({ context, chosen, onChange }: ChoiceProps): ReactNode {
  const list = useQuery(projectsQuery(context));
  return (
    <div className={css['choices']}>
      <DataTable
        label="Projects"
        columns={projectColumns}
        list={list}
        filter={projectFilter}
        idOf={({ id }) => id}
        nameOf={({ name }) => name}
        empty={<p className="kh-dim">There are no projects yet.</p>}
        selection={{
          kind: 'several',
          ids: new Set(chosen.map(({ id }) => id)),
          onChange: (ids) =>
            onChange((list.data ?? []).filter(({ id }) => ids.has(id)).map(({ id, name }) => ({ id, name }))),
        }}
      />
    </div>
  );
}

const branchColumns: readonly Column<BranchSummary>[] = [
  {
    head: 'Branch',
    orderBy: ({ name }) => name,
    cell: (_branch, name) => name,
  },
  {
    head: 'Kind',
    headHidden: true,
    cell: ({ isDefault }) => isDefault && <Badge tone="neutral">Default</Badge>,
  },
];

const branchFilter: Filter<BranchSummary> = {
  label: 'Filter by name',
  noun: 'branches',
  noMatch: 'No branch matches the filter.',
  from: 6,
  wordsOf: ({ name }) => [name],
};

function BranchChoice({ context, chosen, onChange }: ChoiceProps): ReactNode {
  const projects = useQuery(projectsQuery(context));
  const [projectId, setProjectId] = useState('');
  const project = projects.data?.find(({ id }) => id === projectId) ?? projects.data?.[0];
  return (
    <>
      <NativeSelect
        label="Project"
        value={project?.id ?? ''}
        data={(projects.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(event) => setProjectId(event.currentTarget.value)}
      />
      {project !== undefined && (
        <Branches key={project.id} context={context} project={project} chosen={chosen} onChange={onChange} />
      )}
      {chosen.length > 0 && (
        <ul className={css['chosen']} aria-label="Chosen branches">
          {chosen.map(({ id, name }) => (
            <li key={id}>
              <Button
                size="small"
                icon={<X />}
                aria-label={`Leave out ${name}`}
                onClick={() => onChange(chosen.filter((each) => each.id !== id))}
              >
                {name}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Branches({
  context,
  project,
  chosen,
  onChange,
}: ChoiceProps & { project: ProjectSummary }): ReactNode {
  const list = useQuery(branchesQuery(context, project.id));
  const here = (list.data ?? []).map(({ id, name }) => ({ id, name: `${project.name}/${name}` }));
  return (
    <div className={css['choices']}>
      <DataTable
        label={`Branches of ${project.name}`}
        columns={branchColumns}
        list={list}
        filter={branchFilter}
        idOf={({ id }) => id}
        nameOf={({ name }) => name}
        selection={{
          kind: 'several',
          ids: new Set(chosen.map(({ id }) => id)),
          onChange: (ids) => {
            const kept = chosen.filter(({ id }) => ids.has(id));
            const added = here.filter(({ id }) => ids.has(id) && !kept.some((each) => each.id === id));
            onChange([...kept, ...added]);
          },
        }}
      />
    </div>
  );
}
