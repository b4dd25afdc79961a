import { useState, type ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Button } from '../../ui/button.tsx';
import { membersQuery } from '../members/queries.ts';
import { LeaveDialog } from '../members/leave-dialog.tsx';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import { whyNot } from '../orgs/rights.ts';

/** Ends the user's own membership. */
export function LeavePart(place: InOrgPlace): ReactNode {
  const { acting, org } = place;
  const [asking, setAsking] = useState(false);
  const members = useQuery(membersQuery(place)).data ?? [];
  const isOnlyOwner = acting.role === 'owner' && members.filter(({ role }) => role === 'owner').length === 1;
  const why =
    whyNot(acting, 'members:leave') ??
    (isOnlyOwner ? 'You are the only owner. Make somebody else an owner before you leave.' : null);
  if (why !== null) return <p className="kh-dim">{why}</p>;
  return (
    <div className="kh-row">
      <Button kind="danger" onClick={() => setAsking(true)}>
        Leave {org.slug}…
      </Button>
      {asking && <LeaveDialog {...place} onClose={() => setAsking(false)} />}
    </div>
  );
}
