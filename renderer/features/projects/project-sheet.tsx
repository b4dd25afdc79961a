import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { projectNameRule } from '../../../contracts/domain/project-names.ts';
import type { ProjectSummary } from '../../../contracts/ipc/projects.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { exactTime } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Code } from '../../ui/code.tsx';
import { Sheet } from '../../ui/dialog.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { SheetPart } from '../../ui/sheet.tsx';
import { toastDone } from '../../ui/toast.ts';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import { whyNot } from '../orgs/rights.ts';
import { Branches } from './branches.tsx';
import { NameForm } from './name-form.tsx';
import { projectsQuery } from './queries.ts';

interface ProjectSheetProps extends InOrgPlace {
  /** The project to show; null closes the sheet. */
  project: ProjectSummary | null;
  onDelete: (project: ProjectSummary) => void;
  onClose: () => void;
}

/** A project's branches, its name, and its end. */
export function ProjectSheet({ project, onClose, ...props }: ProjectSheetProps): ReactNode {
  return (
    <Sheet opened={project !== null} onClose={onClose} title={project?.name ?? 'Project'}>
      {project !== null && <Content key={project.id} {...props} project={project} />}
    </Sheet>
  );
}

type ContentProps = Omit<ProjectSheetProps, 'onClose'> & { project: ProjectSummary };

function Content({ onDelete, ...props }: ContentProps): ReactNode {
  const { project, acting } = props;
  const whyNoDelete = whyNot(acting, 'projects:delete');
  return (
    <div className="kh-stack" data-gap="5">
      <FactList
        facts={[
          {
            name: 'Id',
            value: <Code>{project.id}</Code>,
          },
          { name: 'Made', value: exactTime(project.createdAt) },
          { name: 'By', value: project.createdBy ?? 'An account that is gone' },
        ]}
      />
      <Branches {...props} />
      <Rename key={project.name} {...props} />
      <SheetPart title="Delete">
        {whyNoDelete === null ? (
          <div className="kh-row">
            <Button kind="danger" onClick={() => onDelete(project)}>
              Delete project…
            </Button>
          </div>
        ) : (
          <p className="kh-dim">{whyNoDelete}</p>
        )}
      </SheetPart>
    </div>
  );
}

function Rename({ context, acting, project }: Omit<ContentProps, 'onDelete'>): ReactNode {
  const client = useQueryClient();
  const [opened, setOpened] = useState(false);
  const why = whyNot(acting, 'projects:rename');
  return (
    <SheetPart title="Name">
      {why !== null && <p className="kh-dim">{why}</p>}
      {why === null && !opened && (
        <div className="kh-row">
          <Button onClick={() => setOpened(true)}>Rename project…</Button>
        </div>
      )}
      {opened && (
        <NameForm
          label="Rename project"
          field="New name"
          action="Rename"
          initial={project.name}
          rule={projectNameRule}
          taken="project_name_taken"
          send={(name) =>
            valueOf(keyhold().projects.rename({ contextId: context.id, projectId: project.id, name }))
          }
          onDone={async (name) => {
            toastDone(`${project.name} is ${name} now`);
            await client.invalidateQueries(projectsQuery(context));
          }}
          onCancel={() => setOpened(false)}
        />
      )}
    </SheetPart>
  );
}
