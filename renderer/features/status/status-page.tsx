import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ExternalLink, Pencil, RefreshCw } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Navigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold } from '../../lib/api.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { lazy } from '../../ui/lazy.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { useAction } from '../../ui/use-action.ts';
import { ClockNotice } from '../contexts/clock-notice.tsx';
import { ContextLabel } from '../contexts/context-tile.tsx';
import { statusQuery } from '../contexts/queries.ts';
import { SignedOutState } from '../contexts/signed-out-state.tsx';
import { KeyNotice } from '../keys/key-notice.tsx';
import { signOutWords } from '../sign-out/loss-words.ts';
import { SignInSummary } from './sign-in-summary.tsx';
import { StatusFacts } from './status-facts.tsx';
import css from './status-page.module.css';
import { StatusProblem, useStatusProblem } from './status-problem.tsx';

// What a click opens comes after the page.
const ContextSheet = lazy(async () => (await import('../contexts/context-sheet.tsx')).ContextSheet);
const SignOutDialog = lazy(async () => (await import('../sign-out/sign-out-dialog.tsx')).SignOutDialog);
const RemoveContextDialog = lazy(
  async () => (await import('../sign-out/remove-context-dialog.tsx')).RemoveContextDialog,
);

const KeeperStatus = lazy(async () => (await import('../remote-keys/keeper-status.tsx')).KeeperStatus);

type Opened = 'edit' | 'sign_out' | 'remove' | 'replace' | null;

/** Who the service says we are, with which key, and what to do when it does not know us. */
export function StatusPage({ context }: { context: ContextSummary }): ReactNode {
  const [opened, setOpened] = useState<Opened>(null);
  const close = (): void => setOpened(null);
  if (context.state === 'pending') return <Navigate to="/status/register" replace />;
  return (
    <>
      {context.state === 'signed_out' ? (
        <SignedOutPage context={context} onOpen={setOpened} />
      ) : (
        <ActivePage context={context} onOpen={setOpened} />
      )}
      <ContextSheet context={context} opened={opened === 'edit'} onClose={close} />
      <SignOutDialog context={context} opened={opened === 'sign_out'} onClose={close} />
      <RemoveContextDialog
        context={context}
        opened={opened === 'remove' || opened === 'replace'}
        addAgain={opened === 'replace'}
        onClose={close}
      />
    </>
  );
}

interface StateProps {
  context: ContextSummary;
  onOpen: (dialog: Opened) => void;
}

function Lead({ context }: { context: ContextSummary }): ReactNode {
  return (
    <span className={css['lead']}>
      {context.serviceName} · <Breakable inSentence>{context.host}</Breakable>{' '}
      <ContextLabel context={context} />
    </span>
  );
}

function EditButton({ onOpen }: Pick<StateProps, 'onOpen'>): ReactNode {
  return (
    <Button icon={<Pencil />} onClick={() => onOpen('edit')}>
      Edit
    </Button>
  );
}

function SignedOutPage({ context, onOpen }: StateProps): ReactNode {
  return (
    <Page
      title="Status"
      lead={<Lead context={context} />}
      width="text"
      actions={<EditButton onOpen={onOpen} />}
    >
      <SignedOutState context={context} />
      <Leave words="Removing the context forgets service, user and name." onOpen={onOpen} />
    </Page>
  );
}

function ActivePage({ context, onOpen }: StateProps): ReactNode {
  const status = useQuery(statusQuery(context.id));
  const openDashboard = useAction(() => keyhold().contexts.openDashboard({ contextId: context.id }));
  const client = useQueryClient();
  const problem = useStatusProblem(context);
  const checkAgain = (): void => {
    void status.refetch();
    void client.invalidateQueries({ queryKey: ['keeper', context.id] });
  };
  return (
    <Page
      title="Status"
      lead={<Lead context={context} />}
      width="text"
      actions={
        <>
          <EditButton onOpen={onOpen} />
          <Button icon={<RefreshCw />} busy={status.isFetching} onClick={checkAgain}>
            Check again
          </Button>
          {context.hasDashboard && (
            <Button kind="primary" icon={<ExternalLink />} call={openDashboard}>
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
          {!status.isError && (
            <StatusProblem
              context={context}
              said={status.data.said}
              onCheckAgain={checkAgain}
              onReplace={() => onOpen('replace')}
            />
          )}
          <KeyNotice context={context} shown={status.data.key} />
          <ClockNotice skewSeconds={status.data.clockSkewSeconds} />
          <Card padded={false}>
            <SignInSummary context={context} identity={status.data.identity} failed={status.isError} />
            <div className={css['facts']}>
              <StatusFacts context={context} status={status.data} />
            </div>
          </Card>
          {context.capabilities.includes('remote-keys') && <KeeperStatus context={context} told={problem} />}
        </>
      )}
      <Leave
        words={`${signOutWords(context.credential)} Removing deletes the context as well.`}
        onOpen={onOpen}
      >
        <Button onClick={() => onOpen('sign_out')}>Sign out…</Button>
      </Leave>
    </Page>
  );
}

interface LeaveProps extends Pick<StateProps, 'onOpen'> {
  words: string;
  /** Beside removing. */
  children?: ReactNode;
}

function Leave({ words, onOpen, children }: LeaveProps): ReactNode {
  return (
    <div className={css['leave']}>
      <p>{words}</p>
      <div className={css['leaveActions']}>
        {children}
        <Button onClick={() => onOpen('remove')}>Remove context…</Button>
      </div>
    </div>
  );
}
