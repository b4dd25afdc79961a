import { useQuery } from '@tanstack/react-query';
import { CircleDashed, LockKeyhole, Plus, RefreshCw, ShieldOff, Vault } from 'lucide-react';
import { useRef, useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { RemoteKey } from '../../../contracts/ipc/remote-keys.ts';
import { errorText } from '../../lib/error-text.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { ReasonedButton } from '../../ui/reasoned-button.tsx';
import { NeedsKey } from '../contexts/needs-key.tsx';
import { allowanceOf, type Allowance, type KeeperStanding } from './allowance.ts';
import type { Generation } from './key-dialog-props.ts';
import { KeyDialog, type KeyDeed } from './key-dialogs.tsx';
import { KeySheet } from './key-sheet.tsx';
import { KeyTable } from './key-table.tsx';
import { NewKeyDialog } from './new-key-dialog.tsx';
import { OpenById } from './open-by-id.tsx';
import { remoteKeysQuery, standingQuery } from './queries.ts';

const title = 'Remote keys';

/** The keys that the context's service keeps, and what its user may do with them. */
export function RemoteKeysPage({ context }: { context: ContextSummary }): ReactNode {
  if (context.state !== 'active') return <NeedsKey title={title} context={context} />;
  return <Standing context={context} />;
}

function Standing({ context }: { context: ContextSummary }): ReactNode {
  const standing = useQuery(standingQuery(context.id));
  const again = (): void => void standing.refetch();
  if (standing.data === undefined) {
    return (
      <Page title={title}>
        {standing.isError ? (
          <ErrorNotice error={standing.error} retry={again} />
        ) : (
          <LinesSkeleton lines={4} />
        )}
      </Page>
    );
  }
  const { state } = standing.data;
  if (state === 'SEALED' || state === 'UNINITIALIZED') {
    return <Closed state={state} busy={standing.isFetching} onCheckAgain={again} />;
  }
  return (
    <Keys context={context} standing={standing.data}>
      {standing.isError && <ErrorNotice error={standing.error} retry={again} />}
    </Keys>
  );
}

interface ClosedProps {
  state: 'SEALED' | 'UNINITIALIZED';
  busy: boolean;
  onCheckAgain: () => void;
}

/** Nothing can be done with any key: said once, instead of by each button. */
function Closed({ state, busy, onCheckAgain }: ClosedProps): ReactNode {
  const words = errorText(state === 'SEALED' ? 'keeper_sealed' : 'keeper_not_initialized');
  return (
    <Page title={title}>
      <EmptyState
        picture={state === 'SEALED' ? <LockKeyhole /> : <CircleDashed />}
        title={words.title}
        action={
          <Button icon={<RefreshCw />} busy={busy} onClick={onCheckAgain}>
            Check again
          </Button>
        }
      >
        {words.advice}
      </EmptyState>
    </Page>
  );
}

type Layer =
  | { kind: 'none' | 'new' }
  /** `after`: the deed that one comes back from. */
  | { kind: 'key'; keyId: string; after: KeyDeed['kind'] | null }
  | {
      kind: 'deed';
      keyId: string;
      deed: KeyDeed;
      known: RemoteKey | null;
      generations: readonly Generation[];
    };

interface KeysProps {
  context: ContextSummary;
  standing: KeeperStanding;
  children: ReactNode;
}

function Keys({ context, standing, children }: KeysProps): ReactNode {
  const allowance = allowanceOf(standing);
  const noList = allowance('compliance.inventory', null);
  const list = useQuery({ ...remoteKeysQuery(context.id), enabled: noList === null });
  const [layer, setLayer] = useState<Layer>({ kind: 'none' });
  // One layer takes the place of another: what the keyboard came from lies below them all.
  const opener = useRef<Element>(null);
  const keys = list.data?.keys;
  // An empty list has the button in its middle. Until that is known it is nowhere: a click on what moves away is lost.
  const isMadeAbove = keys === undefined ? !list.isLoading : keys.length > 0;
  const show = (next: Layer): void => {
    if (layer.kind === 'none') opener.current = document.activeElement;
    setLayer(next);
  };
  const close = (): void => {
    setLayer({ kind: 'none' });
    requestAnimationFrame(() => {
      if (opener.current instanceof HTMLElement) opener.current.focus();
    });
  };
  const open = (keyId: string): void => show({ kind: 'key', keyId, after: null });
  const make = (
    <ReasonedButton
      kind="primary"
      icon={<Plus />}
      reason={allowance('dkg.create', null)}
      onClick={() => show({ kind: 'new' })}
    >
      New key
    </ReasonedButton>
  );
  return (
    <Page
      title={title}
      lead={`${context.serviceName} keeps them. They are used there, and never come to this computer.`}
      actions={isMadeAbove ? make : undefined}
    >
      {/* The list says it already, and how old it is. */}
      {!list.isError && children}
      {list.data?.isAll === false && (
        <Notice tone="info" title={`The first ${(keys?.length ?? 0).toLocaleString()} keys`}>
          The service has more than Keyhold reads. Open one of those by its id.
        </Notice>
      )}
      {noList === null && (
        <KeyTable list={{ ...list, data: keys }} empty={<NoKeys make={make} />} onOpen={open} />
      )}
      {noList !== null && <NoList reason={noList} />}
      {(noList !== null || list.data?.isAll === false) && <OpenById onOpen={open} />}
      <Layers
        context={context}
        {...{ standing, allowance, layer, keys: keys ?? [] }}
        onLayer={show}
        onClose={close}
      />
    </Page>
  );
}

function NoList({ reason }: { reason: string }): ReactNode {
  return (
    <EmptyState picture={<ShieldOff />} title="There is no list of keys for you">
      <Breakable>{reason}</Breakable> A key whose id you know can be opened all the same.
    </EmptyState>
  );
}

function NoKeys({ make }: { make: ReactNode }): ReactNode {
  return (
    <EmptyState picture={<Vault />} title="The service keeps no keys yet" action={make}>
      A key that is made there signs and decrypts for whom the rules let, and nobody can take it out.
    </EmptyState>
  );
}

interface LayersProps extends Omit<KeysProps, 'children'> {
  allowance: Allowance;
  layer: Layer;
  keys: readonly RemoteKey[];
  onLayer: (layer: Layer) => void;
  onClose: () => void;
}

/** The sheet or dialog over the page. Whoever is done with a deed comes back to the key. */
function Layers({ context, standing, allowance, layer, keys, onLayer, onClose }: LayersProps): ReactNode {
  switch (layer.kind) {
    case 'none':
      return null;
    case 'new':
      return (
        <NewKeyDialog
          context={context}
          offered={standing.algorithms}
          taken={keys.map(({ keyId }) => keyId)}
          onMade={(keyId) => onLayer({ kind: 'key', keyId, after: null })}
          onClose={onClose}
        />
      );
    case 'key': {
      const { keyId, after } = layer;
      return (
        <KeySheet
          {...{ context, keyId, allowance, after }}
          listed={keys.find((key) => key.keyId === keyId) ?? null}
          onDeed={(deed, known, generations) => onLayer({ kind: 'deed', keyId, deed, known, generations })}
          onClose={onClose}
        />
      );
    }
    case 'deed': {
      const { keyId, deed, known, generations } = layer;
      return (
        <KeyDialog
          {...{ context, keyId, deed, known, generations }}
          onClose={() => onLayer({ kind: 'key', keyId, after: deed.kind })}
        />
      );
    }
  }
}
