import { NativeSelect, TextInput } from '@mantine/core';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { AuditEntry } from '../../../contracts/ipc/audit.ts';
import { Button } from '../../ui/button.tsx';
import { NarrowRow } from '../../ui/narrow-row.tsx';
import { actionsOf, resourceWords, type Narrowed } from './audit-words.ts';

interface NarrowingProps {
  narrowed: Narrowed;
  /** Those in sight. */
  entries: readonly AuditEntry[];
  onChange: (narrowed: Narrowed) => void;
}

/** What the list shows: an action, some days, what one person did, what was done to one thing. */
export function Narrowing({ narrowed, entries, onChange }: NarrowingProps): ReactNode {
  const { action, firstDay, lastDay, actor, resource } = narrowed;
  return (
    <>
      <NarrowRow>
        <NativeSelect
          label="Action"
          value={action}
          data={[{ value: '', label: 'All actions' }, ...actionsOf(entries)]}
          onChange={(event) => onChange({ ...narrowed, action: event.currentTarget.value })}
        />
        <TextInput
          label="First day"
          type="date"
          value={firstDay}
          max={lastDay}
          onChange={(event) => onChange({ ...narrowed, firstDay: event.currentTarget.value })}
        />
        <TextInput
          label="Last day"
          type="date"
          value={lastDay}
          min={firstDay}
          onChange={(event) => onChange({ ...narrowed, lastDay: event.currentTarget.value })}
        />
      </NarrowRow>
      {(actor !== null || resource !== null) && (
        <div className="kh-row">
          {actor !== null && (
            <Button size="small" icon={<X />} onClick={() => onChange({ ...narrowed, actor: null })}>
              {`Only by ${actor.name}`}
            </Button>
          )}
          {resource !== null && (
            <Button size="small" icon={<X />} onClick={() => onChange({ ...narrowed, resource: null })}>
              {`Only ${resourceWords(resource)}`}
            </Button>
          )}
        </div>
      )}
    </>
  );
}
