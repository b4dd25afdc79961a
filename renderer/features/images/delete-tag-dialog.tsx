import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { shortDigest } from '../../lib/format.ts';
import { queries } from '../../lib/queries.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { toastDone } from '../../ui/toast.ts';

interface DeleteTagDialogProps {
  context: ContextSummary;
  repository: string;
  tag: string;
  /** What the tag stands for; null when that is not known. */
  digest: string | null;
  opened: boolean;
  onDeleted: () => void;
  onClose: () => void;
}

/** Asks before a tag is deleted. Its name need not be typed: a push brings it back. */
export function DeleteTagDialog(props: DeleteTagDialogProps): ReactNode {
  const { context, repository, tag, digest, opened, onDeleted, onClose } = props;
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => valueOf(keyhold().images.deleteTag({ contextId: context.id, repository, tag })),
    onSuccess: () => {
      toastDone(`Deleted ${repository}:${tag}`);
      onDeleted();
    },
    onSettled: () => {
      void client.invalidateQueries(queries.tags(context.id, repository));
    },
  });
  return (
    <ConfirmDialog
      opened={opened}
      title={`Delete ${tag}?`}
      action="Delete tag"
      typeToConfirm={null}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={remove.mutate}
      onClose={onClose}
    >
      <p>
        Nobody can pull {repository}:{tag} any more. The image itself stays in the registry
        {digest === null ? '' : `, by its digest ${shortDigest(digest)}`}, and its other tags with it.
      </p>
    </ConfirmDialog>
  );
}
