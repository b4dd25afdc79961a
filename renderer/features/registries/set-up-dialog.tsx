import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { RegistryClient } from '../../../contracts/domain/registry-client.ts';
import type { Registry, SetUpPreview } from '../../../contracts/ipc/registries.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Code } from '../../ui/code.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFrame } from '../../ui/form.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { toastDone } from '../../ui/toast.ts';
import { clientNames } from './client-words.ts';
import { Diff } from './diff.tsx';
import { PathNotice } from './path-notice.tsx';
import { registriesQuery } from './queries.ts';
import css from './registries.module.css';

/** What is to be set up. */
export interface WantedSetUp {
  registry: Registry;
  client: RegistryClient;
}

interface SetUpDialogProps {
  /** Null closes the dialog. */
  wanted: WantedSetUp | null;
  onClose: () => void;
}

/** Shows what setting a client up would change, and does it. */
export function SetUpDialog({ wanted, onClose }: SetUpDialogProps): ReactNode {
  return (
    <Dialog
      opened={wanted !== null}
      onClose={onClose}
      title={wanted === null ? 'Set up' : `Set up ${clientNames[wanted.client]} for ${wanted.registry.host}`}
      size={620}
    >
      {wanted !== null && <SetUp {...wanted} onClose={onClose} />}
    </Dialog>
  );
}

function SetUp({ registry, client, onClose }: WantedSetUp & { onClose: () => void }): ReactNode {
  const { contextId, host } = registry;
  const queryClient = useQueryClient();
  const preview = useQuery({
    queryKey: ['preview', contextId, client],
    queryFn: () => valueOf(keyhold().registries.preview({ contextId, client })),
    gcTime: 0,
  });
  const setUp = useMutation({
    mutationFn: () => valueOf(keyhold().registries.setUp({ contextId, client })),
    onSuccess: async () => {
      await queryClient.invalidateQueries(registriesQuery);
      onClose();
      toastDone(
        `${clientNames[client]} signs in to ${host} through Keyhold`,
        'Undo it on the Registries page.',
      );
    },
  });
  return (
    <FormFrame
      form={{
        busy: setUp.isPending,
        error: setUp.error,
        submit: (event) => {
          event.preventDefault();
          if (!setUp.isPending) setUp.mutate();
        },
      }}
      action={`Set up ${clientNames[client]}`}
      disabled={preview.data === undefined}
      onCancel={onClose}
    >
      {preview.isError && <ErrorNotice error={preview.error} retry={() => void preview.refetch()} />}
      {preview.isPending && <LinesSkeleton lines={5} />}
      {preview.data !== undefined && <Preview preview={preview.data} client={client} />}
    </FormFrame>
  );
}

function fileWords({ fileExists, unchanged }: SetUpPreview): string {
  if (!fileExists) return 'This file will be made:';
  return unchanged ? 'This file names Keyhold already and stays as it is:' : 'This file will be changed:';
}

function Preview({ preview, client }: { preview: SetUpPreview; client: RegistryClient }): ReactNode {
  const { helper } = preview;
  return (
    <>
      <div>
        <p>{fileWords(preview)}</p>
        <code className={css['file']}>{preview.file}</code>
      </div>
      <Diff lines={preview.lines} />
      <p className="kh-dim">
        {helper.state === 'current'
          ? 'The helper program is installed at '
          : 'The helper program will be installed at '}
        <Code inSentence>{helper.path}</Code>.
      </p>
      {!helper.onPath && <PathNotice helperPath={helper.path} />}
      {preview.unchanged && (
        <Notice tone="info" title={`${clientNames[client]} uses Keyhold for this registry already`}>
          Setting it up again only makes sure that the helper program is installed.
        </Notice>
      )}
    </>
  );
}
