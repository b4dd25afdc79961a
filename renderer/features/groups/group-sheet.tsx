import { UserPlus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { GroupSummary } from '../../../contracts/ipc/groups.ts';
import { exactTime } from '../../lib/format.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { Code } from '../../ui/code.tsx';
import { Sheet } from '../../ui/dialog.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { Notice } from '../../ui/notice.tsx';
import { SheetPart } from '../../ui/sheet.tsx';
import { AccessOf } from '../access/why/what-can.tsx';
import { AddMembers } from './add-members.tsx';
import { GroupMembers } from './group-members.tsx';

interface GroupSheetProps {
  context: ContextSummary;
  /** Who looks may change groups. */
  mayChange: boolean;
  /** The group to show; null closes the sheet. */
  group: GroupSummary | null;
  onEdit: (group: GroupSummary) => void;
  onDelete: (group: GroupSummary) => void;
  onClose: () => void;
}

/** What is known of a group, and who is in it. */
export function GroupSheet({ group, onClose, ...props }: GroupSheetProps): ReactNode {
  return (
    <Sheet opened={group !== null} onClose={onClose} title={group?.name ?? 'Group'} size={520}>
      {group !== null && <Parts key={group.id} {...props} group={group} />}
    </Sheet>
  );
}

type PartsProps = Omit<GroupSheetProps, 'onClose'> & { group: GroupSummary };

function Parts({ context, mayChange, group, onEdit, onDelete }: PartsProps): ReactNode {
  const [adding, setAdding] = useState(false);
  const editable = mayChange && group.source === null;
  if (adding) return <AddMembers context={context} group={group} onClose={() => setAdding(false)} />;
  return (
    <div className="kh-stack" data-gap="5">
      {group.source !== null && (
        <Notice tone="info" title={`Its members come from ${group.source}`}>
          Its name and who is in it are changed there, and read again at each sign-in and sync.
        </Notice>
      )}
      <FactList
        facts={[
          ...(group.description === ''
            ? []
            : [{ name: 'Description', value: <Breakable>{group.description}</Breakable> }]),
          ...(group.organization === null ? [] : [{ name: 'Organization', value: group.organization }]),
          { name: 'Made', value: exactTime(group.createdAt) },
          { name: 'Group id', value: <Code>{group.id}</Code> },
        ]}
      />
      <SheetPart
        title="Members"
        aside={
          editable && (
            <Button size="small" icon={<UserPlus />} onClick={() => setAdding(true)}>
              Add members
            </Button>
          )
        }
      >
        <GroupMembers context={context} group={group} editable={editable} />
      </SheetPart>
      <AccessOf context={context} reference={`group:${group.id}`} name={group.name} />
      {editable && (
        <div className="kh-row">
          <Button onClick={() => onEdit(group)}>Edit group…</Button>
          <Button kind="danger" onClick={() => onDelete(group)}>
            Delete group…
          </Button>
        </div>
      )}
      {!mayChange && <p className="kh-dim">Only administrators of {context.serviceName} change groups.</p>}
    </div>
  );
}
