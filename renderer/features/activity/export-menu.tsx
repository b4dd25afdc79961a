import { Menu } from '@mantine/core';
import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ActivityFilter } from '../../../contracts/ipc/activity.ts';
import { keyhold } from '../../lib/api.ts';
import { counted } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { toastDone } from '../../ui/toast.ts';
import { useAction } from '../../ui/use-action.ts';

interface ExportMenuProps {
  filter: ActivityFilter;
  /** Whether the filter leaves anything out. */
  filtered: boolean;
}

/** Writes the entries that the list shows, all pages of them, to a file. */
export function ExportMenu({ filter, filtered }: ExportMenuProps): ReactNode {
  const save = useAction(
    (format: 'csv' | 'json') => keyhold().activity.export({ ...filter, format }),
    (saved) => {
      if (saved === null) return;
      toastDone('Activity exported', `${counted(saved.entries, 'entry', 'entries')} in ${saved.fileName}.`);
    },
  );
  const what = filtered ? 'filtered entries' : 'all entries';
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <Button icon={<Download />} busy={save.isPending}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => save.mutate('csv')}>CSV, {what}…</Menu.Item>
        <Menu.Item onClick={() => save.mutate('json')}>JSON, {what}…</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
