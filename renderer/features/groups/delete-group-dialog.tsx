import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { GroupSummary } from '../../../contracts/ipc/groups.ts';
import { keyhold } from '../../lib/api.ts';
import { counted } from '../../lib/format.ts';
import { DeedDialog } from '../../ui/deed-dialog.tsx';
import { groupsQuery } from './queries.ts';

interface DeleteGroupDialogProps {
  context: ContextSummary;
  group: GroupSummary;
  onClose: () => void;
}

/** Deletes a group: says what its members lose. */
export function DeleteGroupDialog({ context, group, onClose }: DeleteGroupDialogProps): ReactNode {
  const { id, name, memberCount } = group;
  return (
    <DeedDialog
      title={`Delete the group ${name}?`}
      action="Delete group"
      typeToConfirm={name}
      run={() => keyhold().groups.remove({ contextId: context.id, groupId: id })}
      done={[`The group ${name} is deleted`]}
      stale={[groupsQuery(context.id).queryKey]}
      onClose={onClose}
    >
      <p>
        {`The permissions that the group was given go with it: ${counted(memberCount, 'member')} lose what they had by it alone, at once. The people themselves stay. This cannot be undone.`}
      </p>
    </DeedDialog>
  );
}
