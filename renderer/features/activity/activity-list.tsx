import type { ReactNode } from 'react';
import type { ActivityEntry } from '../../../contracts/ipc/activity.ts';
import { exactTime } from '../../lib/format.ts';
import { RelativeTime } from '../../ui/time.tsx';
import css from './activity.module.css';
import { activityDisplays, detailWords } from './activity-words.ts';

interface ActivityListProps {
  entries: readonly ActivityEntry[];
  /** Number of the first entry that verifying found not to fit; null when all fit or nobody looked. */
  brokenAt: number | null;
}

/** Entries of the log, one a line. A broken entry and all after it are marked as not reliable. */
export function ActivityList({ entries, brokenAt }: ActivityListProps): ReactNode {
  return (
    <ol aria-label="Activity">
      {entries.map((entry) => (
        <Entry key={entry.seq} entry={entry} doubtful={brokenAt !== null && entry.seq >= brokenAt} />
      ))}
    </ol>
  );
}

function Entry({ entry, doubtful }: { entry: ActivityEntry; doubtful: boolean }): ReactNode {
  const detail = detailWords(entry);
  const { words, icon: Icon, tone } = activityDisplays[entry.kind];
  return (
    <li className={css['entry']} data-doubtful={doubtful || undefined}>
      <span className={css['icon']} data-tone={tone}>
        <Icon />
      </span>
      <span className={css['what']}>
        <span className={css['words']}>
          <span className={css['title']}>{words}</span>
          {detail !== null && <span className={css['detail']}>{detail}</span>}
          {doubtful && <span className={css['doubt']}>not reliable</span>}
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
