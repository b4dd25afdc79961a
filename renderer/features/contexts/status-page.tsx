import { useMutation, useQuery } from '@tanstack/react-query';
import { ExternalLink, RefreshCw } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Navigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { queries } from '../../lib/queries.ts';
import { Button } from '../../ui/button.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { toastError } from '../../ui/toast.ts';
import { ClockNotice } from './clock-notice.tsx';
import { RemoveContextDialog } from './remove-context-dialog.tsx';
import { SignInSummary } from './sign-in-summary.tsx';
import { StatusFacts } from './status-facts.tsx';
import css from './status-page.module.css';
import { StatusProblem } from './status-problem.tsx';

/** Who the service says we are, with which key, and what to do when it does not know us. */
export function StatusPage({ context }: { context: ContextSummary }): ReactNode {
  const status = useQuery({ ...queries.status(context.id), enabled: context.state === 'active' });
  const [removing, setRemoving] = useState<'no' | 'only' | 'to_add_again'>('no');
  const openDashboard = useMutation({
    mutationFn: () => valueOf(keyhold().contexts.openDashboard({ contextId: context.id })),
    onError: toastError,
  });
  if (context.state === 'pending') return <Navigate to="/status/register" replace />;

  const checkAgain = (): void => {
    void status.refetch();
  };
  return (
    <Page
      title="Status"
      lead={`${context.serviceName} · ${context.host}`}
      width="text"
      actions={
        <>
          <Button icon={<RefreshCw />} busy={status.isFetching} onClick={checkAgain}>
            Check again
          </Button>
          {context.hasDashboard && (
            <Button
              kind="primary"
              icon={<ExternalLink />}
              onClick={() => {
                openDashboard.mutate();
              }}
            >
              Open dashboard
            </Button>
          )}
        </>
      }
    >
      {status.isError && <ErrorNotice error={status.error} retry={checkAgain} />}
      {status.isPending && (
        <Card>
          <LinesSkeleton lines={6} />
        </Card>
      )}
      {status.data !== undefined && (
        <>
          <StatusProblem
            status={status.data}
            onCheckAgain={checkAgain}
            onReplace={() => {
              setRemoving('to_add_again');
            }}
          />
          <ClockNotice skewSeconds={status.data.clockSkewSeconds} />
          <Card padded={false}>
            <SignInSummary status={status.data} />
            <div className={css['facts']}>
              <StatusFacts status={status.data} />
            </div>
          </Card>
        </>
      )}
      <div className={css['leave']}>
        <p>Removing the context deletes its key from this computer.</p>
        <Button
          onClick={() => {
            setRemoving('only');
          }}
        >
          Remove context…
        </Button>
      </div>
      <RemoveContextDialog
        context={context}
        opened={removing !== 'no'}
        addAgain={removing === 'to_add_again'}
        onClose={() => {
          setRemoving('no');
        }}
      />
    </Page>
  );
}
