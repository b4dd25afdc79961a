import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ProjectSummary, ScopedKey } from '../../../contracts/ipc/projects.ts';
import { keyhold } from '../../lib/api.ts';
import { counted } from '../../lib/format.ts';
import { DeedDialog } from '../../ui/deed-dialog.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Item, ItemList, ItemNote } from '../../ui/sheet.tsx';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import { keysOfList, orgKey } from '../orgs/queries.ts';
import { scopedKeysQuery } from './queries.ts';

interface DeleteProjectDialogProps extends InOrgPlace {
  project: ProjectSummary;
  onClose: () => void;
}

/** How many keys are named; the others are counted. */
const named = 5;

/** Deletes a project: says which API keys can do nothing without it. */
export function DeleteProjectDialog({ context, project, onClose }: DeleteProjectDialogProps): ReactNode {
  const keys = useQuery({ ...scopedKeysQuery(context, project.id), staleTime: 0 });
  return (
    <DeedDialog
      title={`Delete ${project.name}?`}
      action="Delete project"
      typeToConfirm={project.name}
      run={() => keyhold().projects.remove({ contextId: context.id, projectId: project.id })}
      done={[`Deleted ${project.name}`]}
      stale={[...keysOfList.projects, 'api-keys'].map((list) => orgKey(list, context))}
      onClose={onClose}
    >
      <p>
        Its {counted(project.branchCount, 'branch goes', 'branches go')} with it, for everybody. This cannot
        be undone.
      </p>
      {keys.isPending && <LinesSkeleton lines={2} />}
      {keys.isError && <ErrorNotice error={keys.error} retry={() => void keys.refetch()} />}
      {keys.data !== undefined && <Left keys={keys.data.filter(({ only }) => only)} />}
    </DeedDialog>
  );
}

/** The API keys that are for nothing else. */
function Left({ keys }: { keys: readonly ScopedKey[] }): ReactNode {
  if (keys.length === 0) return <p className="kh-dim">No API key is for it alone.</p>;
  const more = keys.length - named;
  return (
    <>
      <p>{counted(keys.length, 'API key is', 'API keys are')} for it alone and can do nothing any more:</p>
      <ItemList label="API keys that can do nothing any more">
        {keys.slice(0, named).map(({ id, name, creator }) => (
          <Item key={id} name={name} notes={<ItemNote>{creator}</ItemNote>}>
            {null}
          </Item>
        ))}
      </ItemList>
      {more > 0 && <p className="kh-dim">And {more} more.</p>}
    </>
  );
}
