import { useQuery } from '@tanstack/react-query';
import { Inbox, Undo2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../../contracts/domain/context.ts';
import type { OwnAccessRequest } from '../../../../contracts/ipc/access-requests.ts';
import { keyhold } from '../../../lib/api.ts';
import { Badge } from '../../../ui/badge.tsx';
import { SecondLine } from '../../../ui/credential-cells.tsx';
import { DataTable, type Column, type Filter } from '../../../ui/data-table.tsx';
import { DeedDialog } from '../../../ui/deed-dialog.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { RelativeTime } from '../../../ui/time.tsx';
import { termsWords } from '../model/change-words.ts';
import { ownRequestsQuery } from '../model/request-queries.ts';
import { termsOf } from './request-words.ts';
import css from './requests.module.css';

const states = {
  open: { tone: 'neutral', words: 'Waiting' },
  approved: { tone: 'good', words: 'Approved' },
  declined: { tone: 'warning', words: 'Declined' },
} as const;

/** How a request stands, who decided, and in what words. */
function Standing({ request: { state, decided } }: { request: OwnAccessRequest }): ReactNode {
  const { tone, words } = states[state];
  return (
    <>
      <Badge tone={tone}>{words}</Badge>
      {decided !== null && (
        <SecondLine>
          {'by '}
          <bdi>{decided.by}</bdi> <RelativeTime at={decided.at} />
          {decided.words !== null && (
            <span className={css['said']}>
              <bdi>{decided.words}</bdi>
            </span>
          )}
        </SecondLine>
      )}
    </>
  );
}

const columns = (now: number): Column<OwnAccessRequest>[] => [
  {
    head: 'Repository',
    className: css['wide'],
    cell: ({ reason }, name) => (
      <>
        {name}
        <SecondLine>
          <bdi>{reason}</bdi>
        </SecondLine>
      </>
    ),
  },
  {
    head: 'Asked for',
    cell: (request) => (
      <>
        {termsWords(termsOf(request), now)}
        <SecondLine>
          <RelativeTime at={request.askedAt} />
        </SecondLine>
      </>
    ),
  },
  { head: 'State', className: css['wide'], cell: (request) => <Standing request={request} /> },
];

const filter: Filter<OwnAccessRequest> = {
  label: 'Filter by repository, reason or answer',
  noun: 'requests',
  noMatch: 'No request matches the filter.',
  from: 8,
  wordsOf: ({ repository, reason, state, decided }) => [
    ...[repository, reason, states[state].words],
    ...[decided?.by ?? null, decided?.words ?? null],
  ],
};

/** What the user has asked for, and what became of it. */
export function OwnRequests({ context }: { context: ContextSummary }): ReactNode {
  const list = useQuery(ownRequestsQuery(context.id));
  const [now] = useState(Date.now);
  const [withdrawn, setWithdrawn] = useState<OwnAccessRequest | null>(null);
  return (
    <>
      <DataTable
        label="Your requests"
        columns={columns(now)}
        list={list}
        filter={filter}
        idOf={({ id }) => id}
        nameOf={({ repository }) => repository}
        menuOf={(request) =>
          request.state === 'open'
            ? [{ label: 'Withdraw…', icon: Undo2, run: () => setWithdrawn(request) }]
            : []
        }
        empty={
          <EmptyState picture={<Inbox />} title="You have asked for nothing yet">
            Where you may not pull or push, ask: whoever administers the repository decides.
          </EmptyState>
        }
      />
      {withdrawn !== null && (
        <DeedDialog
          title={`Withdraw your request for ${withdrawn.repository}`}
          action="Withdraw"
          run={() => keyhold().accessRequests.withdraw({ contextId: context.id, requestId: withdrawn.id })}
          done={['Your request is withdrawn']}
          stale={[
            ['access-requests-mine', context.id],
            ['access-requests-counts', context.id],
          ]}
          onClose={() => setWithdrawn(null)}
        >
          <p>Nobody decides about it any more. You can ask again.</p>
        </DeedDialog>
      )}
    </>
  );
}
