import type { ReactNode } from 'react';
import type { ActivityEntry } from '../../../contracts/ipc/activity.ts';
import { exactTime } from '../../lib/format.ts';
import { RelativeTime } from '../../ui/time.tsx';
import css from './activity.module.css';
import { activityLooks } from './activity-words.ts';

/** Entries of the log, one a line. */
export function ActivityList({ entries }: { entries: readonly ActivityEntry[] }): ReactNode {
  return (
    <ol className={css['list']} aria-label="Activity">
      {entries.map((entry) => (
        <Entry key={entry.seq} entry={entry} />
      ))}
    </ol>
  );
}

function Entry({ entry }: { entry: ActivityEntry }): ReactNode {
  const { words, icon: Icon, tone } = activityLooks[entry.kind];
  return (
    <li className={css['entry']}>
      <span className={css['icon']} data-tone={tone}>
        <Icon />
      </span>
      <span className={css['what']}>
        <span className={css['words']}>
          <span className={css['deed']}>{words}</span>
          {entry.detail !== null && <span className={css['detail']}>{entry.detail}</span>}
        </span>
        {entry.contextName !== null && <span className={css['context']}>{entry.contextName}</span>}
      </span>
      <span className={css['when']}>
        <RelativeTime at={entry.at} />
        <span className={css['exact']}>{exactTime(entry.at)}</span>
      </span>
    </li>
  );
}
