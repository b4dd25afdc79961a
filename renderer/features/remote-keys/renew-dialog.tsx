import type { ReactNode } from 'react';
import { keyhold } from '../../lib/api.ts';
import { DeedDialog } from '../../ui/deed-dialog.tsx';
import type { KeyDialogProps } from './key-dialog-props.ts';
import { keeperKey } from './queries.ts';

const words = {
  rotate: {
    title: (keyId: string) => `Rotate ${keyId}?`,
    action: 'Rotate key',
    done: (keyId: string) => `Rotated ${keyId}`,
    text: 'The service makes a new generation with new key material. From then on that one signs and encrypts, and its public key is another: give it to whoever verifies or encrypts by themselves. What earlier generations signed or were encrypted to stays good until they are destroyed.',
  },
  refresh: {
    title: (keyId: string) => `Refresh ${keyId}?`,
    action: 'Refresh key',
    done: (keyId: string) => `Refreshed ${keyId}`,
    text: 'The service makes a new generation whose public key stays the same: it keeps the key in a new form, and nobody who verifies or encrypts notices.',
  },
} as const;

/** Makes a new generation of a key. */
export function RenewDialog({
  context,
  keyId,
  mode,
  onClose,
}: KeyDialogProps & { mode: keyof typeof words }): ReactNode {
  const { title, action, done, text } = words[mode];
  return (
    <DeedDialog
      title={title(keyId)}
      action={action}
      harmless
      run={() => keyhold().remoteKeys.renew({ contextId: context.id, keyId, mode })}
      done={[done(keyId)]}
      stale={[keeperKey(context.id)]}
      onClose={onClose}
    >
      <p>{text}</p>
    </DeedDialog>
  );
}
