import type { ReactNode } from 'react';
import type { ActivityFilter } from '../../../contracts/ipc/activity.ts';
import { keyhold } from '../../lib/api.ts';
import { counted } from '../../lib/format.ts';
import { ExportMenu } from '../../ui/export-menu.tsx';
import { toastDone } from '../../ui/toast.ts';

interface ExportActivityProps {
  filter: ActivityFilter;
  /** Whether the filter leaves anything out. */
  filtered: boolean;
}

/** Writes the entries that the list shows, all pages of them, to a file. */
export function ExportActivity({ filter, filtered }: ExportActivityProps): ReactNode {
  return (
    <ExportMenu
      what={filtered ? 'filtered entries' : 'all entries'}
      run={(format) => keyhold().activity.export({ ...filter, format })}
      onSaved={({ entries, fileName }) =>
        toastDone('Activity exported', `${counted(entries, 'entry', 'entries')} in ${fileName}.`)
      }
    />
  );
}
