import type { ReactNode } from 'react';
import { keyhold } from '../../lib/api.ts';
import { DeedDialog } from '../../ui/deed-dialog.tsx';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import { keysOfList, orgKey } from '../orgs/queries.ts';

interface LeaveDialogProps extends InOrgPlace {
  onClose: () => void;
}

/** Ends the user's own membership. */
export function LeaveDialog({ context, org, onClose }: LeaveDialogProps): ReactNode {
  return (
    <DeedDialog
      title={`Leave ${org.name}?`}
      action="Leave organization"
      run={() => keyhold().orgs.leave({ contextId: context.id, org: org.slug })}
      done={[`You left ${org.name}`]}
      stale={keysOfList.members.map((list) => orgKey(list, context))}
      onClose={onClose}
    >
      <p>
        You lose access to everything in {org.name} at once: open sessions and registry tokens included. API
        keys that you made there stop working. Only an invitation brings you back.
      </p>
    </DeedDialog>
  );
}
