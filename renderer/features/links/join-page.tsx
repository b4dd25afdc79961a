import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { Navigate, useNavigate } from 'react-router';
import type { OpenedLink } from '../../../contracts/ipc/links.ts';
import { keyhold } from '../../lib/api.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useContexts } from '../contexts/queries.ts';
import { linkQuery } from './queries.ts';

type JoinLink = Extract<OpenedLink, { kind: 'join' }>;

/** What an invitation link would do. Opening it did nothing yet. */
export function JoinPage(): ReactNode {
  const link = useQuery(linkQuery);
  if (link.isPending) return <LinesSkeleton lines={4} />;
  if (link.data?.kind !== 'join') return <Navigate to="/status" replace />;
  return <Invitation key={link.data.openedAt} link={link.data} />;
}

function Invitation({ link }: { link: JoinLink }): ReactNode {
  const navigate = useNavigate();
  const contexts = useContexts();
  const close = useAction(() => keyhold().links.close());
  const there = (contexts.data ?? []).filter(({ origin }) => origin === link.origin);
  return (
    <Page title="Invitation" lead={link.host} width="text" actions={<Button call={close}>Not now</Button>}>
      <Card>
        <div className="kh-stack">
          <p>
            A link invites you to an organization at{' '}
            <code>
              <Breakable inSentence>{link.origin}</Breakable>
            </code>
            . Nothing was sent there yet.
          </p>
          {contexts.data !== undefined && there.length === 0 && (
            <>
              <p className="kh-dim">You have no context of this service. Add one to accept the invitation.</p>
              <div>
                <Button
                  kind="primary"
                  icon={<Plus />}
                  onClick={() =>
                    void navigate('/contexts/new', { state: { address: link.origin, userId: '' } })
                  }
                >
                  Add context
                </Button>
              </div>
            </>
          )}
        </div>
      </Card>
    </Page>
  );
}
