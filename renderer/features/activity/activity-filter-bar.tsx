import { NativeSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import { FilterField } from '../../ui/filter-field.tsx';
import { activitySubjects, type ActivitySubject } from './activity-words.ts';
import css from './activity.module.css';

interface ActivityFilterBarProps {
  subject: ActivitySubject;
  onSubject: (subject: ActivitySubject) => void;
  text: string;
  onText: (text: string) => void;
}

/** Chooses what the list shows: a subject, and a text in the entries' context or detail. */
export function ActivityFilterBar({ subject, onSubject, text, onText }: ActivityFilterBarProps): ReactNode {
  return (
    <div className={css['filter']} role="search" aria-label="Filter activity">
      <FilterField label="Filter by context or detail" value={text} onChange={onText} />
      <NativeSelect
        aria-label="Subject"
        value={subject}
        data={Object.entries(activitySubjects).map(([value, { label }]) => ({ value, label }))}
        onChange={(event) => onSubject(event.currentTarget.value as ActivitySubject)}
      />
    </div>
  );
}
