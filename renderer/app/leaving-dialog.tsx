import type { ReactNode } from 'react';
import { counted } from '../lib/format.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogBody } from '../ui/dialog.tsx';

interface LeavingDialogProps {
  /** Changes that are pending. */
  count: number;
  /** Where. */
  contextName: string;
  isLock: boolean;
  onReview: () => void;
  onLeave: () => void;
  onClose: () => void;
}

/** Says that changes of access are pending, before a click locks or leads to another context. */
export function LeavingDialog(props: LeavingDialogProps): ReactNode {
  const { count, contextName, isLock, onReview, onLeave, onClose } = props;
  return (
    <Dialog
      opened
      title={`${counted(count, 'change')} of access ${count === 1 ? 'is' : 'are'} not applied`}
      onClose={onClose}
    >
      <DialogBody
        buttons={
          <>
            <Button onClick={onReview}>Review</Button>
            <Button kind="primary" data-autofocus onClick={onLeave}>
              {isLock ? 'Lock anyway' : 'Switch anyway'}
            </Button>
          </>
        }
      >
        <p>
          {`Nobody’s access changes before you apply. What you prepared waits in ${contextName} until you ${isLock ? 'unlock again' : 'come back'}, as long as Keyhold runs.`}
        </p>
      </DialogBody>
    </Dialog>
  );
}
