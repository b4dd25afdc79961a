import { Pencil, ShieldOff } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ApiKeySummary } from '../../../contracts/ipc/api-keys.ts';
import { useNow } from '../../lib/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { Breakable } from '../../ui/breakable.tsx';
import { EndCell, SecondLine, SecretPrefix, UsedCell } from '../../ui/credential-cells.tsx';
import { DataTable, type Column, type Filter, type Listed } from '../../ui/data-table.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import { endsSoon } from '../../lib/ends.ts';
import { capabilityName, scopeName } from './key-words.ts';
import { mayChange } from './may-change.ts';
import { RenameKey } from './rename-key.tsx';

interface ApiKeyTableProps extends InOrgPlace {
  list: Listed<ApiKeySummary>;
  empty: ReactNode;
  onOpen: (id: string) => void;
  onRevoke: (key: ApiKeySummary) => void;
}

const columns: readonly Column<ApiKeySummary>[] = [
  {
    head: 'May',
    orderBy: scopeName,
    cell: (key) => (
      <>
        <Breakable>{scopeName(key)}</Breakable>
        <SecondLine>{capabilityName(key.capability)}</SecondLine>
      </>
    ),
  },
  {
    head: 'Made',
    leavesBelow: 60,
    orderBy: ({ createdAt }) => createdAt,
    cell: ({ creator, own, createdAt }) => (
      <>
        <RelativeTime at={createdAt} />
        <SecondLine>by {own ? 'you' : creator}</SecondLine>
      </>
    ),
  },
  {
    head: 'Last used',
    leavesBelow: 54,
    orderBy: ({ lastUse }) => lastUse?.at ?? null,
    cell: ({ lastUse }) => <UsedCell use={lastUse} />,
  },
  { head: 'Ends', orderBy: ({ expiresAt }) => expiresAt, cell: (key) => <End shown={key} /> },
];

const filter: Filter<ApiKeySummary> = {
  label: 'Filter by name, scope or creator',
  noun: 'API keys',
  noMatch: 'No API key matches the filter.',
  from: 8,
  wordsOf: ({ name, prefix, scope, capability, creator, lastUse }) => [
    ...[name, prefix, creator, capabilityName(capability), lastUse?.program ?? null],
    ...scope.targets.map((target) => target.name),
  ],
};

function End({ shown }: { shown: ApiKeySummary }): ReactNode {
  const now = useNow(60_000);
  if (shown.inert) return <Badge tone="warning">Inert</Badge>;
  return <EndCell at={shown.expiresAt} soon={endsSoon(shown, now)} />;
}

/** API keys by name. A name is changed where it stands. */
export function ApiKeyTable(props: ApiKeyTableProps): ReactNode {
  const { list, empty, onOpen, onRevoke, ...place } = props;
  const [renamedId, setRenamedId] = useState<string | null>(null);
  const named: Column<ApiKeySummary> = {
    head: 'Name',
    orderBy: ({ name }) => name,
    cell: (key, name) => (
      <>
        {key.id === renamedId ? (
          <RenameKey {...place} shown={key} onClose={() => setRenamedId(null)} />
        ) : (
          name
        )}
        <SecretPrefix>{key.prefix}</SecretPrefix>
      </>
    ),
  };
  return (
    <DataTable
      label="API keys"
      columns={[named, ...columns]}
      list={list}
      empty={empty}
      filter={filter}
      idOf={({ id }) => id}
      nameOf={({ name }) => name}
      isDim={({ inert }) => inert}
      minWidth={480}
      onOpen={({ id }) => onOpen(id)}
      menuOf={(key) =>
        mayChange(place.acting, key)
          ? [
              { label: 'Rename', icon: Pencil, run: () => setRenamedId(key.id) },
              { label: 'Revoke…', icon: ShieldOff, run: () => onRevoke(key) },
            ]
          : []
      }
    />
  );
}
