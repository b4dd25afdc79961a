import type { ReactNode } from 'react';
import { keyhold } from '../../lib/api.ts';
import { DeedDialog } from '../../ui/deed-dialog.tsx';
import type { KeyDialogProps } from './key-dialog-props.ts';
import { keeperKey } from './queries.ts';

/** Destroys a generation of a key, once it was said what is lost and the key's id was typed. */
export function DestroyDialog({
  context,
  keyId,
  generation,
  onClose,
}: KeyDialogProps & { generation: number }): ReactNode {
  const number = String(generation);
  return (
    <DeedDialog
      title={`Destroy generation ${number} of ${keyId}?`}
      action="Destroy generation"
      typeToConfirm={keyId}
      run={() => keyhold().remoteKeys.destroy({ contextId: context.id, keyId, generation })}
      done={[`Destroyed generation ${number} of ${keyId}`]}
      stale={[keeperKey(context.id)]}
      onClose={onClose}
    >
      <p>
        What was encrypted to generation {number} cannot be read any more, by nobody. The service can no
        longer check what it signed: whoever has its public key still can. Other generations stay as they are.
        This cannot be undone.
      </p>
    </DeedDialog>
  );
}
