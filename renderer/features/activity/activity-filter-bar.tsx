import { NativeSelect, TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import type { ReactNode } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
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
      <TextInput
        className={css['filterText']}
        aria-label="Filter by context or detail"
        placeholder="Filter by context or detail"
        leftSection={<Search />}
        value={text}
        maxLength={limits.filterMax}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          onText(event.currentTarget.value);
        }}
      />
      <NativeSelect
        aria-label="Subject"
        value={subject}
        data={Object.entries(activitySubjects).map(([value, { label }]) => ({ value, label }))}
        onChange={(event) => {
          onSubject(event.currentTarget.value as ActivitySubject);
        }}
      />
    </div>
  );
}
