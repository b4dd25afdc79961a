import { Menu } from '@mantine/core';
import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Result } from '../../contracts/errors.ts';
import { Button } from './button.tsx';
import { useAction } from './use-action.ts';

interface ExportMenuProps<Saved> {
  /** What goes into the file: “filtered entries”. */
  what: string;
  /** Null where the person chose no file. */
  run: (format: 'csv' | 'json') => Promise<Result<Saved | null>>;
  onSaved: (saved: Saved) => void;
}

/** Writes what a list shows, all pages of it, to a file. */
export function ExportMenu<Saved>({ what, run, onSaved }: ExportMenuProps<Saved>): ReactNode {
  const save = useAction(run, (saved) => {
    if (saved !== null) onSaved(saved);
  });
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
