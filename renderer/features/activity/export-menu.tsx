import { Menu } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ActivityFilter } from '../../../contracts/ipc/activity.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { toastDone, toastError } from '../../ui/toast.ts';

interface ExportMenuProps {
  filter: ActivityFilter;
  /** Whether the filter leaves anything out. */
  filtered: boolean;
}

/** Writes the entries that the list shows, all pages of them, to a file. */
export function ExportMenu({ filter, filtered }: ExportMenuProps): ReactNode {
  const save = useMutation({
    mutationFn: (format: 'csv' | 'json') => valueOf(keyhold().activity.export({ ...filter, format })),
    onSuccess: (saved) => {
      if (saved === null) return;
      const count = saved.entries === 1 ? '1 entry' : `${String(saved.entries)} entries`;
      toastDone('Activity exported', `${count} in ${saved.fileName}.`);
    },
    onError: toastError,
  });
  const what = filtered ? 'filtered entries' : 'all entries';
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <Button icon={<Download />} busy={save.isPending}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          onClick={() => {
            save.mutate('csv');
          }}
        >
          CSV, {what}…
        </Menu.Item>
        <Menu.Item
          onClick={() => {
            save.mutate('json');
          }}
        >
          JSON, {what}…
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
