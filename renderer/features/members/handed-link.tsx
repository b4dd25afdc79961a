import type { ReactNode } from 'react';
import type { InviteResult } from '../../../contracts/ipc/members.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog, DialogBody } from '../../ui/dialog.tsx';

/** Copies the link of an invitation that its service sent no mail for. */
export function CopyLinkButton({ id }: { id: string }): ReactNode {
  return (
    <CopyButton size="small" label="Copy link" copy={() => valueOf(keyhold().invitations.copyLink({ id }))} />
  );
}

interface HandedLinkDialogProps {
  invitation: InviteResult & { id: string };
  onClose: () => void;
}

/** Hands out the new link of one invitation. */
export function HandedLinkDialog({ invitation, onClose }: HandedLinkDialogProps): ReactNode {
  return (
    <Dialog opened onClose={onClose} title={`New link for ${invitation.email}`}>
      <DialogBody
        buttons={
          <Button kind="primary" onClick={onClose}>
            Done
          </Button>
        }
      >
        <p>
          The service sends no mail. Hand the link on yourself: it works for seven days, for the account of
          that address alone. The old link has ended.
        </p>
        <div className="kh-row">
          <CopyLinkButton id={invitation.id} />
        </div>
      </DialogBody>
    </Dialog>
  );
}
