import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { keyhold } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { DeedDialog } from '../../ui/deed-dialog.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { membersQuery } from '../members/queries.ts';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import { keysOfList, orgKey } from '../orgs/queries.ts';
import { whyNot } from '../orgs/rights.ts';

/** Makes another member the owner in the user's place. */
export function TransferPart(place: InOrgPlace): ReactNode {
  const why = whyNot(place.acting, 'organization:transfer');
  if (why !== null) return <p className="kh-dim">{why}</p>;
  return (
    <Card>
      <Choice {...place} />
    </Card>
  );
}

function Choice(place: InOrgPlace): ReactNode {
  const { context, acting, org } = place;
  const list = useQuery(membersQuery(place));
  const [userId, setUserId] = useState('');
  const [asking, setAsking] = useState(false);
  if (list.isError) return <ErrorNotice error={list.error} retry={() => void list.refetch()} />;
  if (list.data === undefined) return <LinesSkeleton lines={2} />;
  const others = list.data.filter((member) => member.userId !== acting.userId);
  if (others.length === 0) {
    return <p className="kh-dim">You are its only member. Invite somebody first.</p>;
  }
  const heir = others.find((member) => member.userId === userId);
  return (
    <div className="kh-stack">
      <NativeSelect
        label="New owner"
        description="They become an owner, and you an admin."
        value={userId}
        data={[
          { value: '', label: 'Choose a member' },
          ...others.map((member) => ({ value: member.userId, label: `${member.name} (${member.username})` })),
        ]}
        onChange={(event) => setUserId(event.currentTarget.value)}
      />
      <div className="kh-row">
        <Button disabled={heir === undefined} onClick={() => setAsking(true)}>
          Hand over…
        </Button>
      </div>
      {asking && heir !== undefined && (
        <DeedDialog
          title={`Hand ${org.name} over to ${heir.name}?`}
          action="Hand over"
          run={() => keyhold().orgs.transfer({ contextId: context.id, org: org.slug, userId: heir.userId })}
          done={[`${heir.name} owns ${org.name} now`, 'You are an admin.']}
          stale={keysOfList.members.map((key) => orgKey(key, context))}
          onClose={() => setAsking(false)}
        >
          <p>
            {heir.name} becomes an owner and you an admin. You can no longer hand it over, delete it or make
            owners; only an owner can make you one again.
          </p>
        </DeedDialog>
      )}
    </div>
  );
}
