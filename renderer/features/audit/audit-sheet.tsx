import type { ReactNode } from 'react';
import type { AuditEntry } from '../../../contracts/ipc/audit.ts';
import { exactTime } from '../../lib/format.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { Code } from '../../ui/code.tsx';
import { Sheet } from '../../ui/dialog.tsx';
import { FactList } from '../../ui/fact-list.tsx';
import { SheetPart } from '../../ui/sheet.tsx';
import { actionWords, resourceWords, type Narrowed } from './audit-words.ts';

interface AuditSheetProps {
  /** The event to show; null closes the sheet. */
  entry: AuditEntry | null;
  /** Narrows the list to what is like it. */
  onNarrow: (choice: Partial<Narrowed>) => void;
  onClose: () => void;
}

/** All that the log says of an event. */
export function AuditSheet({ entry, onNarrow, onClose }: AuditSheetProps): ReactNode {
  return (
    <Sheet
      opened={entry !== null}
      onClose={onClose}
      title={entry === null ? 'Event' : actionWords(entry.action)}
    >
      {entry !== null && <Facts entry={entry} onNarrow={onNarrow} />}
    </Sheet>
  );
}

function Facts({ entry, onNarrow }: Pick<AuditSheetProps, 'onNarrow'> & { entry: AuditEntry }): ReactNode {
  const { id, at, action, actor, resource, address, details } = entry;
  return (
    <div className="kh-stack" data-gap="5">
      <FactList
        facts={[
          { name: 'When', value: exactTime(at) },
          { name: 'Action', value: <Code>{action}</Code> },
          { name: 'Who', value: actor?.name ?? 'Nobody who is known' },
          ...(actor === null ? [] : [{ name: 'Their id', value: <Code>{actor.id}</Code> }]),
          { name: 'On', value: <Breakable>{resourceWords(resource)}</Breakable> },
          { name: 'From', value: address ?? 'The server' },
          { name: 'Number', value: <Code>{id}</Code> },
        ]}
      />
      {details.length > 0 && (
        <SheetPart title="Details">
          <FactList
            facts={details.map(({ name, value }) => ({ name, value: <Breakable>{value}</Breakable> }))}
          />
        </SheetPart>
      )}
      <div className="kh-row">
        {actor !== null && <Button onClick={() => onNarrow({ actor })}>{`Only by ${actor.name}`}</Button>}
        <Button onClick={() => onNarrow({ resource })}>Only on this</Button>
        <Button onClick={() => onNarrow({ action })}>Only this action</Button>
      </div>
    </div>
  );
}
