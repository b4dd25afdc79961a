import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { KeySquare, Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { ApiKeySummary } from '../../../contracts/ipc/api-keys.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { NarrowRow } from '../../ui/narrow-row.tsx';
import { Page } from '../../ui/page.tsx';
import { InOrg, type InOrgPlace } from '../orgs/in-org.tsx';
import { whyNot } from '../orgs/rights.ts';
import { ApiKeySheet } from './api-key-sheet.tsx';
import { ApiKeyTable } from './api-key-table.tsx';
import { endsSoon } from '../../lib/ends.ts';
import { MakeKeyDialog } from './make-key-dialog.tsx';
import { apiKeysQuery } from './queries.ts';
import { RevokeKeyDialog } from './revoke-key-dialog.tsx';

/** The API keys of the organization that the context acts in. */
export function ApiKeysPage({ context }: { context: ContextSummary }): ReactNode {
  return (
    <InOrg title="API keys" context={context}>
      {(place) => <ApiKeys {...place} />}
    </InOrg>
  );
}

const shown = [
  { value: 'all', label: 'All' },
  { value: 'unused', label: 'Never used' },
  { value: 'soon', label: 'Ends soon' },
] as const;
type Shown = (typeof shown)[number]['value'];

function isShown(key: ApiKeySummary, which: Shown, now: number): boolean {
  switch (which) {
    case 'all':
      return true;
    case 'unused':
      return key.lastUse === null;
    case 'soon':
      return endsSoon(key, now);
  }
}

type KeyDialog = { kind: 'none' | 'new' } | { kind: 'revoke'; key: ApiKeySummary };

function ApiKeys(place: InOrgPlace): ReactNode {
  const { context, acting, org } = place;
  const list = useQuery(apiKeysQuery(context));
  const [which, setWhich] = useState<Shown>('all');
  const [openedId, setOpenedId] = useState<string | null>(null);
  const [dialog, setDialog] = useState<KeyDialog>({ kind: 'none' });
  const [now] = useState(Date.now);
  const close = (): void => setDialog({ kind: 'none' });
  const whyNoNew = whyNot(acting, 'api-keys:create');
  const make = whyNoNew === null && (
    <Button kind="primary" icon={<Plus />} onClick={() => setDialog({ kind: 'new' })}>
      Make API key
    </Button>
  );
  const revoke = (key: ApiKeySummary): void => {
    setOpenedId(null);
    setDialog({ kind: 'revoke', key });
  };
  const all = list.data ?? [];
  const seesAll = whyNot(acting, 'api-keys:read-all') === null;
  return (
    <Page
      title="API keys"
      lead={`Programs use them in ${org.name}. ${seesAll ? 'You see those of everybody.' : 'You see your own.'}`}
      actions={all.length > 0 ? make : undefined}
    >
      {whyNoNew !== null && all.length > 0 && <p className="kh-dim">{whyNoNew}</p>}
      {all.length > 0 && (
        <NarrowRow>
          <SegmentedControl
            aria-label="Which keys"
            value={which}
            data={[...shown]}
            onChange={(value) => setWhich(value)}
          />
        </NarrowRow>
      )}
      <ApiKeyTable
        {...place}
        key={which}
        list={{ ...list, data: list.data?.filter((key) => isShown(key, which, now)) }}
        empty={
          all.length === 0 ? <NoKeys place={place} make={make} why={whyNoNew} /> : <NoneOf which={which} />
        }
        onOpen={setOpenedId}
        onRevoke={revoke}
      />
      <ApiKeySheet
        {...place}
        shown={all.find(({ id }) => id === openedId) ?? null}
        onRevoke={revoke}
        onClose={() => setOpenedId(null)}
      />
      {dialog.kind === 'new' && <MakeKeyDialog {...place} onClose={close} />}
      {dialog.kind === 'revoke' && <RevokeKeyDialog {...place} shown={dialog.key} onClose={close} />}
    </Page>
  );
}

function NoneOf({ which }: { which: Shown }): ReactNode {
  return (
    <p className="kh-dim">
      {which === 'unused' ? 'Every key has been used.' : 'No key ends within two weeks.'}
    </p>
  );
}

interface NoKeysProps {
  place: InOrgPlace;
  make: ReactNode;
  /** Why none can be made; null when one can. */
  why: string | null;
}

function NoKeys({ place: { org }, make, why }: NoKeysProps): ReactNode {
  return (
    <EmptyState picture={<KeySquare />} title={`No API keys in ${org.name} yet`} action={make}>
      {why ??
        'A key lets a script, a build or an assistant act in your name: only where and as far as you say.'}
    </EmptyState>
  );
}
