import { Pencil, ShieldOff } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ApiKeySummary } from '../../../contracts/ipc/api-keys.ts';
import { exactTime, shortDate } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { Breakable } from '../../ui/breakable.tsx';
import { DataTable, type Column, type Filter, type Listed } from '../../ui/data-table.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import css from './api-keys.module.css';
import { capabilityName, endsSoon, scopeName } from './key-words.ts';
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
        <span className={css['second']}>{capabilityName(key.capability)}</span>
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
        <span className={css['second']}>by {own ? 'you' : creator}</span>
      </>
    ),
  },
  {
    head: 'Last used',
    leavesBelow: 54,
    orderBy: ({ lastUse }) => lastUse?.at ?? null,
    cell: ({ lastUse }) => <Used use={lastUse} />,
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

function Used({ use }: { use: ApiKeySummary['lastUse'] }): ReactNode {
  if (use === null) return <span className="kh-dim">Never</span>;
  const where = [use.address, use.program].filter((each) => each !== null).join(' · ');
  return (
    <>
      <RelativeTime at={use.at} />
      {where !== '' && (
        <span className={css['second']}>
          <Breakable>{where}</Breakable>
        </span>
      )}
    </>
  );
}

function End({ shown }: { shown: ApiKeySummary }): ReactNode {
  const now = useNow(60_000);
  if (shown.inert) return <Badge tone="warning">Inert</Badge>;
  if (shown.expiresAt === null) return <span className="kh-dim">Never</span>;
  const words = shortDate(shown.expiresAt);
  return (
    <time dateTime={shown.expiresAt} title={exactTime(shown.expiresAt)}>
      {endsSoon(shown, now) ? <Badge tone="warning">{words}</Badge> : words}
    </time>
  );
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
        <code className={css['prefix']}>{key.prefix}…</code>
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
