import { Menu } from '@mantine/core';
import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import type { AuditFilter } from '../../../contracts/ipc/audit.ts';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold } from '../../lib/api.ts';
import { counted } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { toastDone } from '../../ui/toast.ts';
import { useAction } from '../../ui/use-action.ts';

interface ExportAuditMenuProps {
  context: ContextSummary;
  filter: AuditFilter;
  /** Whether the filter leaves anything out. */
  filtered: boolean;
}

/** Writes the events that fit the filter, of all pages, to a file. */
export function ExportAuditMenu({ context, filter, filtered }: ExportAuditMenuProps): ReactNode {
  const save = useAction(
    (format: 'csv' | 'json') => keyhold().audit.export({ contextId: context.id, ...filter, format }),
    (saved) => {
      if (saved === null) return;
      const { entries, total, fileName } = saved;
      const count = counted(entries, 'event', 'events');
      toastDone(
        'Audit log exported',
        total > entries
          ? `The newest ${count} of ${total.toLocaleString()} in ${fileName}.`
          : `${count} in ${fileName}.`,
      );
    },
  );
  const what = filtered ? 'filtered events' : 'all events';
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
