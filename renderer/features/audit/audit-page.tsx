import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { ShieldCheck, ShieldOff } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { AuditEntry } from '../../../contracts/ipc/audit.ts';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { asCallError, keyhold, valueOf } from '../../lib/api.ts';
import { exactTime } from '../../lib/format.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { SecondLine } from '../../ui/credential-cells.tsx';
import { DataTable, type Column } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { NeedsKey } from '../contexts/needs-key.tsx';
import { AuditSheet } from './audit-sheet.tsx';
import { actionWords, everything, filterOf, resourceWords, type Narrowed } from './audit-words.ts';
import { ExportAudit } from './export-audit.tsx';
import { Narrowing } from './narrowing.tsx';
import { auditQuery } from './queries.ts';
import { VerifiedNotice } from './verified-notice.tsx';

const columns: readonly Column<AuditEntry>[] = [
  {
    head: 'What',
    cell: ({ resource }, name) => (
      <>
        {name}
        <SecondLine>
          <Breakable>{resourceWords(resource)}</Breakable>
        </SecondLine>
      </>
    ),
  },
  {
    head: 'Who',
    cell: ({ actor }) => actor?.name ?? <span className="kh-dim">Nobody who is known</span>,
  },
  {
    head: 'From',
    leavesBelow: 60,
    cell: ({ address }) => address ?? <span className="kh-dim">The server</span>,
  },
  {
    head: 'When',
    cell: ({ at }) => (
      <>
        <RelativeTime at={at} />
        <SecondLine>{exactTime(at)}</SecondLine>
      </>
    ),
  },
];

/** The audit log of the context's service. */
export function AuditPage({ context }: { context: ContextSummary }): ReactNode {
  if (context.state !== 'active') return <NeedsKey title="Audit log" context={context} />;
  return <AuditLog context={context} />;
}

function AuditLog({ context }: { context: ContextSummary }): ReactNode {
  const [narrowed, setNarrowed] = useState<Narrowed>(everything);
  const [openedId, setOpenedId] = useState<string | null>(null);
  const filter = filterOf(narrowed);
  const isNarrowed = Object.keys(filter).length > 0;
  const log = useInfiniteQuery(auditQuery(context.id, filter));
  const verify = useMutation({
    mutationFn: () => valueOf(keyhold().audit.verify({ contextId: context.id })),
  });
  const entries = log.data?.pages.flatMap((page) => page.entries);
  const total = log.data?.pages.at(-1)?.total ?? 0;
  if (log.isError && asCallError(log.error).code === 'not_allowed') return <NotForYou context={context} />;
  return (
    <Page
      title="Audit log"
      lead={`What was done at ${context.serviceName}, the newest first. Owners see their organizations, administrators everything.`}
      actions={
        <>
          <ExportAudit context={context} filter={filter} filtered={isNarrowed} />
          {context.capabilities.includes('audit-proof') && (
            <Button icon={<ShieldCheck />} call={verify}>
              Verify log
            </Button>
          )}
        </>
      }
    >
      {verify.isError && <ErrorNotice error={verify.error} retry={() => verify.mutate()} />}
      {verify.data !== undefined && <VerifiedNotice {...verify.data} />}
      <Narrowing narrowed={narrowed} entries={entries ?? []} onChange={setNarrowed} />
      <DataTable
        label="Events"
        columns={columns}
        list={{ ...log, data: entries }}
        idOf={({ id }) => id}
        nameOf={({ action }) => actionWords(action)}
        minWidth={480}
        empty={
          <p className="kh-dim">{isNarrowed ? 'No event fits the filter.' : 'Nothing has happened yet.'}</p>
        }
        onOpen={({ id }) => setOpenedId(id)}
      />
      {log.hasNextPage && (
        <div className="kh-row">
          <Button busy={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
            Load more
          </Button>
          <span className="kh-dim">
            {`${(entries?.length ?? 0).toLocaleString()} of ${total.toLocaleString()} events`}
          </span>
        </div>
      )}
      <AuditSheet
        entry={entries?.find(({ id }) => id === openedId) ?? null}
        onNarrow={(choice) => {
          setOpenedId(null);
          setNarrowed({ ...narrowed, ...choice });
        }}
        onClose={() => setOpenedId(null)}
      />
    </Page>
  );
}

function NotForYou({ context }: { context: ContextSummary }): ReactNode {
  return (
    <Page title="Audit log">
      <EmptyState
        picture={<ShieldOff />}
        title={`The audit log is for administrators and owners at ${context.serviceName}`}
      >
        You lack the right to read it. Owners of an organization read what concerns it, administrators of the
        service everything: one of them can give you the role.
      </EmptyState>
    </Page>
  );
}
