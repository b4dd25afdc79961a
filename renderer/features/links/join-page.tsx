import { NativeSelect } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { OpenedLink } from '../../../contracts/ipc/links.ts';
import { keyhold } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { Code } from '../../ui/code.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useContexts } from '../contexts/queries.ts';
import { mayJoin, Offer } from './invitation-offer.tsx';
import { PasteLink } from './paste-link.tsx';
import { linkQuery } from './queries.ts';

type JoinLink = Extract<OpenedLink, { kind: 'join' }>;

/** What an invitation link would do. Opening it did nothing yet. */
export function JoinPage(): ReactNode {
  const link = useQuery(linkQuery);
  if (link.isPending) return <LinesSkeleton lines={4} />;
  if (link.data?.kind !== 'join') return <PasteLink />;
  return <Invitation key={link.data.id} link={link.data} />;
}

function Invitation({ link }: { link: JoinLink }): ReactNode {
  const contexts = useContexts();
  const client = useQueryClient();
  const navigate = useNavigate();
  const close = useAction(
    () => keyhold().links.close(),
    () => {
      client.setQueryData(linkQuery.queryKey, null);
      void navigate('/status');
    },
  );
  const there = (contexts.data ?? []).filter(({ origin }) => origin === link.origin);
  return (
    <Page title="Invitation" lead={link.host} width="text" actions={<Button call={close}>Not now</Button>}>
      {contexts.isError && <ErrorNotice error={contexts.error} retry={() => void contexts.refetch()} />}
      {there.length === 0 && (
        <Card>
          <div className="kh-stack">
            <p>
              A link invites you to an organization at <Code inSentence>{link.origin}</Code>. Nothing was sent
              there yet.
            </p>
            {contexts.data !== undefined && <NoContext link={link} />}
          </div>
        </Card>
      )}
      {there.length > 0 && <Accounts contexts={there} linkId={link.id} />}
    </Page>
  );
}

/** Leads to a context of the service. */
function NoContext({ link }: { link: JoinLink }): ReactNode {
  const navigate = useNavigate();
  return (
    <>
      <p className="kh-dim">You have no context of this service. Add one to accept the invitation.</p>
      <div className="kh-row">
        <Button
          kind="primary"
          icon={<Plus />}
          onClick={() =>
            void navigate('/contexts/new', { state: { address: link.origin, userId: '', access: 'session' } })
          }
        >
          Add context
        </Button>
      </div>
    </>
  );
}

interface AccountsProps {
  contexts: readonly ContextSummary[];
  linkId: string;
}

/** Chooses the account that the invitation is looked at with, and shows it. */
function Accounts({ contexts, linkId }: AccountsProps): ReactNode {
  const [chosenId, setChosenId] = useState<string | null>(null);
  // An API key cannot join: whoever can goes first, and the current one of them.
  const [first] = contexts.toSorted(
    (a, b) => Number(mayJoin(b)) - Number(mayJoin(a)) || Number(b.current) - Number(a.current),
  );
  const chosen = contexts.find(({ id }) => id === chosenId) ?? first;
  if (chosen === undefined) return null;
  return (
    <>
      {contexts.length > 1 && (
        <NativeSelect
          label="For the account of"
          value={chosen.id}
          data={contexts.map(({ id, name, userId }) => ({ value: id, label: `${name} (${userId})` }))}
          onChange={(event) => setChosenId(event.currentTarget.value)}
        />
      )}
      <Offer key={chosen.id} context={chosen} linkId={linkId} />
    </>
  );
}
