import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { keyhold, valueOf } from '../../lib/api.ts';
import { queries } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { ActivityList } from './activity-list.tsx';
import css from './activity.module.css';
import { VerifyResult } from './verify-result.tsx';

/** What Keyhold did on this computer, newest first. */
export function ActivityPage(): ReactNode {
  const log = useInfiniteQuery(queries.activity);
  const verify = useMutation({ mutationFn: () => valueOf(keyhold().activity.verify()) });
  const verifyNow = (): void => {
    verify.mutate();
  };
  const entries = log.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <Page
      title="Activity"
      lead="What Keyhold did on this computer. Each entry seals the one before it, so a change shows."
      actions={
        <Button icon={<ShieldCheck />} busy={verify.isPending} onClick={verifyNow}>
          Verify log
        </Button>
      }
    >
      {verify.isError && <ErrorNotice error={verify.error} retry={verifyNow} />}
      {verify.data !== undefined && <VerifyResult {...verify.data} />}
      {log.isError && <ErrorNotice error={log.error} retry={() => void log.refetch()} />}
      {log.isPending && <LinesSkeleton lines={8} />}
      {log.isSuccess && entries.length === 0 && <p className="kh-dim">Nothing has happened yet.</p>}
      {entries.length > 0 && (
        <Card padded={false}>
          <ActivityList entries={entries} />
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
