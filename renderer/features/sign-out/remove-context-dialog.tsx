import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { toastDone } from '../../ui/toast.ts';
import { keepPreparedOf } from '../access/model/prepared-work.ts';
import { contextsQuery } from '../contexts/queries.ts';
import { LiveTokens } from '../tokens/live-tokens.tsx';
import { lossOf } from './loss-words.ts';

interface RemoveContextDialogProps {
  context: ContextSummary;
  opened: boolean;
  /** Goes on to adding the same account again. */
  addAgain?: boolean;
  onClose: () => void;
}

/** Says what is lost with a context, and removes it. */
export function RemoveContextDialog(props: RemoveContextDialogProps): ReactNode {
  const { context, opened, addAgain = false, onClose } = props;
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => valueOf(keyhold().contexts.remove({ contextId: context.id })),
    onSuccess: async () => {
      onClose();
      keepPreparedOf({ ...context, state: 'signed_out' });
      toastDone(`Removed “${context.name}”`);
      const start = { address: context.origin, userId: context.userId };
      await navigate(addAgain ? '/contexts/new' : '/status', addAgain ? { state: start } : {});
      await client.refetchQueries(contextsQuery);
    },
  });
  const active = context.state === 'active';
  const { removed, kept } = lossOf(context.credential);
  return (
    <ConfirmDialog
      opened={opened}
      title={`Remove “${context.name}”?`}
      action={addAgain ? 'Remove and add again' : 'Remove context'}
      {...(active && { typeToConfirm: context.name })}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={remove.mutate}
      onClose={onClose}
    >
      <p>This deletes from this computer:</p>
      <ul>
        {context.state === 'signed_out' ? (
          <li>service, user, name and label of this context</li>
        ) : (
          <li>{removed}</li>
        )}
        {context.hasRegistry && (
          <li>
            the set-up of Podman and Docker for <Breakable inSentence>{context.host}</Breakable>, where
            Keyhold made it
          </li>
        )}
      </ul>
      {active && context.credential === 'key' && <LiveTokens contextId={context.id} fate="stays" />}
      {active && (
        <p className="kh-dim">
          {context.serviceName} {kept}
        </p>
      )}
    </ConfirmDialog>
  );
}
