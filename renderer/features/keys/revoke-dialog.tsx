import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { KeySummary } from '../../../contracts/domain/key.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Notice } from '../../ui/notice.tsx';
import { toastDone } from '../../ui/toast.ts';
import { LiveTokens } from '../tokens/live-tokens.tsx';
import { revocationWords } from './revocation-words.ts';

interface RevokeDialogProps {
  context: ContextSummary;
  shown: KeySummary;
  onClose: () => void;
}

/** Says what is lost with a key, has the service revoke it and deletes its private part. */
export function RevokeDialog({ context, shown, onClose }: RevokeDialogProps): ReactNode {
  const revoke = useMutation({
    mutationFn: (anyway: boolean) => valueOf(keyhold().keys.revoke({ keyId: shown.id, anyway })),
    onSuccess: ({ revocation, retired }) => {
      if (!retired) return;
      toastDone(`Revoked “${shown.label}”`, revocationWords[revocation]);
      onClose();
    },
  });
  const refused = revoke.data?.retired === false ? revoke.data.revocation : null;
  return (
    <ConfirmDialog
      opened
      title={`Revoke “${shown.label}”?`}
      action={refused === null ? 'Revoke key' : 'Delete here anyway'}
      busy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate(refused !== null)}
      onClose={onClose}
    >
      {shown.state === 'pending' ? (
        <p>
          The key is not registered, as far as Keyhold knows. Its private part is deleted from this computer,
          which cannot be undone; should {context.serviceName} know the key after all, it is asked to revoke
          it.
        </p>
      ) : (
        <p>
          {context.serviceName} stops accepting what the key signs, and its private part is deleted from this
          computer. Neither can be undone.
        </p>
      )}
      {shown.registeredAt !== null && <LiveTokens contextId={context.id} kid={shown.kid} fate="ends" />}
      {shown.signs && (
        <p>
          It is the key that signs now. Without another registered key you are signed out of{' '}
          {context.serviceName}, and Podman with you. To keep working, rotate the key instead.
        </p>
      )}
      {refused !== null && (
        <Notice tone="warning" title="The key was not revoked">
          {refused === 'unreachable' ? 'The service could not be reached.' : 'The service refused.'} Try again
          later, or delete the key here and revoke it on the dashboard: without its private part Keyhold
          cannot do that for you.
        </Notice>
      )}
    </ConfirmDialog>
  );
}
