import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { KeySummary } from '../../../contracts/domain/key.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { LiveTokens } from '../tokens/live-tokens.tsx';

interface RotateDialogProps {
  context: ContextSummary;
  /** The key that goes; null closes the dialog. */
  shown: KeySummary | null;
  onRotate: () => void;
  onClose: () => void;
}

/** Says what ends with the old key before a new one takes its place. */
export function RotateDialog({ context, shown, onRotate, onClose }: RotateDialogProps): ReactNode {
  return (
    <ConfirmDialog
      opened={shown !== null}
      title={shown === null ? '' : `Rotate “${shown.label}”?`}
      action="Rotate key"
      harmless
      busy={false}
      error={null}
      onConfirm={() => {
        onRotate();
        onClose();
      }}
      onClose={onClose}
    >
      <p>
        A new key is made, registered with {context.serviceName} and proved. Only then is the old one revoked
        and its private part deleted.
      </p>
      {shown !== null && <LiveTokens contextId={context.id} kid={shown.kid} fate="ends" />}
      <p className="kh-dim">
        Podman and Docker get tokens of the new key from then on. Copied tokens have to be minted anew.
      </p>
    </ConfirmDialog>
  );
}
