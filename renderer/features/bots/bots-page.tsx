import { useQuery } from '@tanstack/react-query';
import { Bot as BotPicture, Building2, Plus, ShieldOff } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { BotList } from '../../../contracts/ipc/bots.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Page } from '../../ui/page.tsx';
import { NeedsKey } from '../contexts/needs-key.tsx';
import { BotDialogs, type BotDialog } from './bot-dialogs.tsx';
import { BotSheet } from './bot-sheet.tsx';
import { BotTable } from './bot-table.tsx';
import { botsQuery } from './queries.ts';

/** The bots of the organization that the current context's user acts in. */
export function BotsPage({ context }: { context: ContextSummary }): ReactNode {
  const active = context.state === 'active';
  const list = useQuery({ ...botsQuery(context), enabled: active });
  const [openedName, setOpenedName] = useState<string | null>(null);
  const [dialog, setDialog] = useState<BotDialog>({ kind: 'none' });
  const { org = null, allowed = false, bots = [] } = list.data ?? {};
  const create = (
    <Button kind="primary" icon={<Plus />} onClick={() => setDialog({ kind: 'new' })}>
      New bot
    </Button>
  );
  if (!active) return <NeedsKey title="Bots" context={context} />;
  return (
    <Page
      title="Bots"
      lead={
        allowed && org !== null
          ? `Builds and servers of ${org} sign in as bots, with their own keys.`
          : undefined
      }
      actions={bots.length > 0 ? create : undefined}
    >
      <BotTable
        list={{ ...list, data: list.data?.bots }}
        empty={list.data && <NoBots list={list.data} create={create} />}
        onOpen={setOpenedName}
        onDialog={setDialog}
      />
      <BotSheet
        context={context}
        bot={bots.find(({ name }) => name === openedName) ?? null}
        onDialog={(next) => {
          setOpenedName(null);
          setDialog(next);
        }}
        onClose={() => setOpenedName(null)}
      />
      {org !== null && (
        <BotDialogs context={context} org={org} dialog={dialog} onDialog={setDialog} onOpen={setOpenedName} />
      )}
    </Page>
  );
}

/** Why there are none to show, and what to do about it. */
function NoBots({ list, create }: { list: BotList; create: ReactNode }): ReactNode {
  if (list.org === null) {
    return (
      <EmptyState picture={<Building2 />} title="You belong to no organization">
        Bots belong to one. Ask for an invitation at the service, or switch to another context.
      </EmptyState>
    );
  }
  if (!list.allowed) {
    return (
      <EmptyState picture={<ShieldOff />} title={`Bots are for admins of ${list.org}`}>
        You can neither see nor change them. Ask an admin or owner of the organization.
      </EmptyState>
    );
  }
  return (
    <EmptyState picture={<BotPicture />} title={`${list.org} has no bots yet`} action={create}>
      A bot is an account for a build or a server. Make one, give it a key, and let it use repositories.
    </EmptyState>
  );
}
