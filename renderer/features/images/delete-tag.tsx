import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { shortDigest } from '../../lib/format.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { ConfirmForm } from '../../ui/confirm-dialog.tsx';
import { toastDone } from '../../ui/toast.ts';
import css from './images.module.css';
import { tagsQuery } from './queries.ts';

interface DeleteTagProps {
  context: ContextSummary;
  repository: string;
  tag: string;
  /** What the tag stands for; null when that is not known. */
  digest: string | null;
  onDeleted: () => void;
  onClose: () => void;
}

/** Asks, in the sheet, before a tag is deleted. Its name need not be typed: a push brings it back. */
export function DeleteTag(props: DeleteTagProps): ReactNode {
  const { context, repository, tag, digest, onDeleted, onClose } = props;
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => valueOf(keyhold().images.deleteTag({ contextId: context.id, repository, tag })),
    onSuccess: () => {
      toastDone(`Deleted tag ${tag}`);
      onDeleted();
    },
    onSettled: () => {
      void client.invalidateQueries(tagsQuery(context.id, repository));
    },
  });
  return (
    <section aria-label={`Delete ${tag}`}>
      <h3 className={css['title']}>
        Delete <Breakable inSentence>{tag}</Breakable>?
      </h3>
      <ConfirmForm
        action="Delete tag"
        busy={remove.isPending}
        error={remove.error}
        onConfirm={remove.mutate}
        onClose={onClose}
      >
        <p>
          Nobody can pull <Breakable inSentence>{`${repository}:${tag}`}</Breakable> any more. The image
          itself stays in the registry
          {digest === null ? '' : `, by its digest ${shortDigest(digest)}`}, and its other tags with it.
        </p>
      </ConfirmForm>
    </section>
  );
}
