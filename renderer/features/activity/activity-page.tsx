import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useDebouncedValue } from '@mantine/hooks';
import { ShieldCheck } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { keyhold, valueOf } from '../../lib/api.ts';
import { typingPause } from '../../lib/search-words.ts';
import { Button } from '../../ui/button.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { ActivityFilterBar } from './activity-filter-bar.tsx';
import { ActivityList } from './activity-list.tsx';
import { activitySubjects, type ActivitySubject } from './activity-words.ts';
import css from './activity.module.css';
import { ExportActivity } from './export-activity.tsx';
import { activityQuery } from './queries.ts';
import { VerifyResult } from './verify-result.tsx';

/** What Keyhold did on this computer, newest first. */
export function ActivityPage(): ReactNode {
  const [subject, setSubject] = useState<ActivitySubject>('all');
  const [typed, setTyped] = useState('');
  const [text] = useDebouncedValue(typed, typingPause);
  const filter = { kinds: activitySubjects[subject].kinds, text };
  const log = useInfiniteQuery(activityQuery(filter));
  const verify = useMutation({ mutationFn: () => valueOf(keyhold().activity.verify()) });
  const verifyNow = (): void => verify.mutate();
  const entries = log.data?.pages.flatMap((page) => page.entries) ?? [];
  const filtered = subject !== 'all' || text !== '';
  return (
    <Page
      title="Activity"
      lead="What Keyhold did on this computer. Each entry seals the one before it, so a change shows."
      actions={
        <>
          <ExportActivity filter={filter} filtered={filtered} />
          <Button icon={<ShieldCheck />} busy={verify.isPending} onClick={verifyNow}>
            Verify log
          </Button>
        </>
      }
    >
      {verify.isError && <ErrorNotice error={verify.error} retry={verifyNow} />}
      {verify.data !== undefined && <VerifyResult {...verify.data} />}
      <ActivityFilterBar subject={subject} onSubject={setSubject} text={typed} onText={setTyped} />
      {log.isError && <ErrorNotice error={log.error} retry={() => void log.refetch()} />}
      {log.isPending && <LinesSkeleton lines={8} />}
      {log.isSuccess && entries.length === 0 && (
        <p className="kh-dim">{filtered ? 'No entry matches the filter.' : 'Nothing has happened yet.'}</p>
      )}
      {entries.length > 0 && (
        <Card padded={false}>
          <ActivityList entries={entries} brokenAt={verify.data?.brokenAt ?? null} />
        </Card>
      )}
      {log.hasNextPage && (
        <div className={css['more']}>
          <Button busy={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
            Load more
          </Button>
        </div>
      )}
    </Page>
  );
}
