import { useQuery } from '@tanstack/react-query';
import { KeyRound, Timer } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { UnrevokedSummary } from '../../../contracts/ipc/unrevoked.ts';
import { keyhold } from '../../lib/api.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card, Section } from '../../ui/page.tsx';
import { Item, ItemList, ItemNote } from '../../ui/sheet.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { toastDone, toastNote } from '../../ui/toast.ts';
import { useAction } from '../../ui/use-action.ts';
import { unrevokedQuery } from './queries.ts';

/** What was signed out of while its service could not end it. Nothing where all of it is over. */
export function UnrevokedSection(): ReactNode {
  const found = useQuery(unrevokedQuery);
  if (found.isPending || (found.isSuccess && found.data.length === 0)) return null;
  return (
    <Section title="Not yet revoked">
      {found.isError ? (
        <ErrorNotice error={found.error} retry={() => void found.refetch()} />
      ) : (
        <Card>
          <div className="kh-stack" data-gap="3">
            <p className="kh-dim">
              You signed out of these, but their services still accept them. While the vault is open, Keyhold
              asks each service again by itself until it says that they are over.
            </p>
            <ItemList label="Not yet revoked">
              {found.data.map((left) => (
                <Unrevoked key={left.id} left={left} />
              ))}
            </ItemList>
          </div>
        </Card>
      )}
    </Section>
  );
}

function Unrevoked({ left }: { left: UnrevokedSummary }): ReactNode {
  const { id, kind, label, contextName, host } = left;
  const [leaving, setLeaving] = useState(false);
  const name =
    kind === 'session' ? `Session of ${contextName}` : `API key “${label ?? ''}” of ${contextName}`;
  const retry = useAction(
    () => keyhold().unrevoked.retry({ id }),
    ({ revocation }) => {
      if (revocation === 'unreachable') toastNote(`${host} could not be reached`);
      else if (revocation === 'refused') toastNote(`${host} refused to revoke it`);
      else toastDone(`${kind === 'session' ? 'Session ended' : 'API key revoked'} at ${host}`);
    },
  );
  const giveUp = useAction(
    () => keyhold().unrevoked.giveUp({ id }),
    () => {
      setLeaving(false);
    },
  );
  return (
    <Item
      icon={kind === 'session' ? <Timer /> : <KeyRound />}
      name={name}
      notes={
        <ItemNote>
          <Breakable>{host}</Breakable> · <Outcome left={left} />
        </ItemNote>
      }
    >
      <Button size="small" aria-label={`Try again to revoke ${name}`} call={retry}>
        Try again
      </Button>
      <Button size="small" kind="quiet" aria-label={`Give up: ${name}`} onClick={() => setLeaving(true)}>
        Give up…
      </Button>
      <ConfirmDialog
        opened={leaving}
        title="Give up revoking it?"
        action="Give up"
        busy={giveUp.isPending}
        error={giveUp.error}
        onConfirm={giveUp.mutate}
        onClose={() => setLeaving(false)}
      >
        <p>
          {name} stays valid at {host}
          {left.endsAt === null ? '' : ' until it ends by itself'}. Keyhold forgets it, so that only somebody
          there can revoke it.
        </p>
      </ConfirmDialog>
    </Item>
  );
}

function Outcome({ left: { outcome, triedAt, endsAt } }: { left: UnrevokedSummary }): ReactNode {
  return (
    <>
      {triedAt === null ? (
        'not asked yet'
      ) : (
        <>
          {outcome === 'refused' ? 'refused' : 'not reached'} <RelativeTime at={triedAt} />
        </>
      )}
      {endsAt !== null && (
        <>
          {' '}
          · ends by itself <RelativeTime at={endsAt} />
        </>
      )}
    </>
  );
}
