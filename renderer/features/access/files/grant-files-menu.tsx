import { Menu } from '@mantine/core';
import { Download, Ellipsis, Upload } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { AccessPlace } from '../../../../contracts/ipc/access.ts';
import { keyhold } from '../../../lib/api.ts';
import { counted } from '../../../lib/format.ts';
import { Button } from '../../../ui/button.tsx';
import { toastDone } from '../../../ui/toast.ts';
import { useAction } from '../../../ui/use-action.ts';
import { useAddChanges } from '../model/use-add-changes.ts';
import { ImportDialog, type ComparedFile } from './import-dialog.tsx';

/** All grants of an organization to a file, and from a file to the pending changes. */
export function GrantFilesMenu({ place }: { place: AccessPlace }): ReactNode {
  const [file, setFile] = useState<ComparedFile | null>(null);
  const add = useAddChanges(place);
  const write = useAction(
    (format: 'csv' | 'json') => keyhold().accessFiles.export({ ...place, format }),
    (done) => {
      if (done !== null)
        toastDone('Grants exported', `${counted(done.grants, 'grant')} in ${done.fileName}.`);
    },
  );
  const read = useAction(() => keyhold().accessFiles.compare(place), setFile);
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <Button
            size="large"
            icon={<Ellipsis size={16} />}
            busy={write.isPending || read.isPending || add.isPending}
            aria-label="Export and import"
          />
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Download size={16} />} onClick={() => write.mutate('csv')}>
            Export grants as CSV…
          </Menu.Item>
          <Menu.Item leftSection={<Download size={16} />} onClick={() => write.mutate('json')}>
            Export grants as JSON…
          </Menu.Item>
          <Menu.Item leftSection={<Upload size={16} />} onClick={() => read.mutate()}>
            Import grants…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {file !== null && (
        <ImportDialog
          file={file}
          onPrepare={(changes) => add.mutate(changes)}
          onClose={() => setFile(null)}
        />
      )}
    </>
  );
}
