import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Send, Trash2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { InvitationSummary, InviteResult } from '../../../contracts/ipc/members.ts';
import { keyhold } from '../../lib/api.ts';
import { exactTime, relativeTime } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { DataTable, type Column, type Filter } from '../../ui/data-table.tsx';
import { DeedDialog } from '../../ui/deed-dialog.tsx';
import { Section } from '../../ui/page.tsx';
import { toastDone, toastNote } from '../../ui/toast.ts';
import { useAction } from '../../ui/use-action.ts';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import { whyNot } from '../orgs/rights.ts';
import { RoleBadge } from '../orgs/role-badge.tsx';
import { HandedLinkDialog } from './handed-link.tsx';
import { invitationsQuery } from './queries.ts';

const columns: readonly Column<InvitationSummary>[] = [
  { head: 'Address', orderBy: ({ email }) => email, cell: (_invitation, name) => name },
  { head: 'Role', orderBy: ({ role }) => role, cell: ({ role }) => <RoleBadge role={role} /> },
  {
    head: 'Invited by',
    leavesBelow: 60,
    orderBy: ({ invitedBy }) => invitedBy,
    cell: ({ invitedBy }) => invitedBy ?? <span className="kh-dim">An account that is gone</span>,
  },
  {
    head: 'Ends',
    orderBy: ({ expiresAt }) => expiresAt,
    cell: ({ expiresAt }) => <Remaining until={expiresAt} />,
  },
];

const filter: Filter<InvitationSummary> = {
  label: 'Filter by address',
  noun: 'invitations',
  noMatch: 'No invitation matches the filter.',
  from: 8,
  wordsOf: ({ email, role }) => [email, role],
};

const soonMs = 86_400_000;

/** How long an invitation can still be accepted. */
function Remaining({ until }: { until: string }): ReactNode {
  const now = useNow(15_000);
  const left = Date.parse(until) - now;
  if (left <= 0) return <Badge tone="neutral">Ended</Badge>;
  return (
    <time dateTime={until} title={exactTime(until)}>
      <Badge tone={left < soonMs ? 'warning' : 'neutral'}>{relativeTime(until, now)}</Badge>
    </time>
  );
}

/** The invitations that can still be accepted, for who may see them. */
export function Invitations(place: InOrgPlace): ReactNode {
  const hidden = whyNot(place.acting, 'invitations:read');
  return (
    <Section title="Invitations">
      {hidden === null ? <InvitationTable {...place} /> : <p className="kh-dim">{hidden}</p>}
    </Section>
  );
}

function InvitationTable(place: InOrgPlace): ReactNode {
  const { context, org, acting } = place;
  const client = useQueryClient();
  const query = invitationsQuery(place);
  const list = useQuery(query);
  const [revoked, setRevoked] = useState<InvitationSummary | null>(null);
  const [handed, setHanded] = useState<(InviteResult & { id: string }) | null>(null);
  const byId = (id: string) => ({ contextId: context.id, org: org.slug, id });
  const resend = useAction(
    ({ id }: InvitationSummary) => keyhold().invitations.resend(byId(id)),
    async (again) => {
      const { result, id } = again;
      if (result === 'link' && id !== null) setHanded({ ...again, id });
      else if (result === 'sent') {
        toastDone('Sent again', 'With a new link, for seven more days. The old link has ended.');
      } else toastNote('The service could not send the mail. Try again later.');
      await client.invalidateQueries(query);
    },
  );
  const mayChange = whyNot(acting, 'invitations:manage') === null;
  return (
    <div className="kh-stack" data-gap="5">
      <DataTable
        label="Invitations"
        columns={columns}
        list={list}
        filter={filter}
        idOf={({ id }) => id}
        nameOf={({ email }) => email}
        minWidth={420}
        empty={
          <p className="kh-dim">
            Nobody is invited at the moment. An invitation can be accepted for seven days.
          </p>
        }
        menuOf={(invitation) =>
          mayChange
            ? [
                { label: 'Send again', icon: Send, run: () => resend.mutate(invitation) },
                { label: 'Revoke…', icon: Trash2, run: () => setRevoked(invitation) },
              ]
            : []
        }
      />
      {handed !== null && <HandedLinkDialog invitation={handed} onClose={() => setHanded(null)} />}
      {revoked !== null && (
        <DeedDialog
          title={`Revoke the invitation of ${revoked.email}?`}
          action="Revoke invitation"
          run={() => keyhold().invitations.revoke(byId(revoked.id))}
          done={[`${revoked.email} is no longer invited`]}
          stale={[query.queryKey]}
          onClose={() => setRevoked(null)}
        >
          <p>The link in the mail stops working at once. You can invite the address again.</p>
        </DeedDialog>
      )}
    </div>
  );
}
