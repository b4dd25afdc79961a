import type { ReactNode } from 'react';
import type { AuditFilter } from '../../../contracts/ipc/audit.ts';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold } from '../../lib/api.ts';
import { counted } from '../../lib/format.ts';
import { ExportMenu } from '../../ui/export-menu.tsx';
import { toastDone } from '../../ui/toast.ts';

interface ExportAuditProps {
  context: ContextSummary;
  filter: AuditFilter;
  /** Whether the filter leaves anything out. */
  filtered: boolean;
}

/** Writes the events that fit the filter, of all pages, to a file. */
export function ExportAudit({ context, filter, filtered }: ExportAuditProps): ReactNode {
  return (
    <ExportMenu
      what={filtered ? 'filtered events' : 'all events'}
      run={(format) => keyhold().audit.export({ contextId: context.id, ...filter, format })}
      onSaved={({ entries, total, fileName }) => {
        const count = counted(entries, 'event');
        toastDone(
          'Audit log exported',
          total > entries
            ? `The newest ${count} of ${total.toLocaleString()} in ${fileName}.`
            : `${count} in ${fileName}.`,
        );
      }}
    />
  );
}
