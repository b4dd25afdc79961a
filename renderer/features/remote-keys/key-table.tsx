import type { ReactNode } from 'react';
import type { RemoteKey } from '../../../contracts/ipc/remote-keys.ts';
import { useNow } from '../../lib/use-now.ts';
import { EndCell } from '../../ui/credential-cells.tsx';
import { DataTable, type Column, type Filter, type Listed } from '../../ui/data-table.tsx';
import { Breakable } from '../../ui/breakable.tsx';
import { KeyState } from './key-state.tsx';
import { algorithmName, isTampered, stateWords } from './key-words.ts';
import css from './remote-keys.module.css';

const columns: readonly Column<RemoteKey>[] = [
  {
    head: 'Key',
    className: css['key'],
    orderBy: ({ keyId }) => keyId,
    cell: (_key, name) => <code className={css['id']}>{name}</code>,
  },
  { head: 'State', orderBy: shownState, cell: (key) => <KeyState of={key} /> },
  {
    head: 'Algorithm',
    className: css['short'],
    leavesBelow: 54,
    orderBy: ({ algorithm }) => algorithm && algorithmName(algorithm),
    cell: ({ algorithm }) =>
      algorithm === null ? <span className="kh-dim">Not known</span> : algorithmName(algorithm),
  },
  {
    head: 'Generation',
    leavesBelow: 54,
    orderBy: ({ generation }) => generation,
    cell: ({ generation }) => <span className="kh-tabular">{generation}</span>,
  },
  {
    head: 'Owner',
    leavesBelow: 60,
    orderBy: ({ owner }) => owner,
    cell: ({ owner }) =>
      owner === null ? <span className="kh-dim">None</span> : <Breakable>{owner}</Breakable>,
  },
  {
    head: 'Signing ends',
    className: css['short'],
    orderBy: ({ applyUntil }) => applyUntil,
    cell: (key) => <End of={key} />,
  },
];

const filter: Filter<RemoteKey> = {
  label: 'Filter by id, state, algorithm or owner',
  noun: 'keys',
  noMatch: 'No key matches the filter.',
  from: 8,
  wordsOf: (key) => [
    ...[key.keyId, shownState(key), key.state, key.owner, key.algorithm],
    key.algorithm && algorithmName(key.algorithm),
  ],
};

function shownState(key: RemoteKey): string {
  return isTampered(key) ? 'Changed' : stateWords(key.state).words;
}

const soonMs = 14 * 86_400_000;

function End({ of: { applyUntil, state } }: { of: RemoteKey }): ReactNode {
  const now = useNow(60_000);
  return (
    <EndCell
      at={applyUntil}
      soon={applyUntil !== null && state === 'ACTIVE' && Date.parse(applyUntil) - now <= soonMs}
    />
  );
}

interface KeyTableProps {
  list: Listed<RemoteKey>;
  /** Shown where there are none. */
  empty: ReactNode;
  onOpen: (keyId: string) => void;
}

/** The keys that a service keeps. */
export function KeyTable({ list, empty, onOpen }: KeyTableProps): ReactNode {
  return (
    <DataTable
      label="Remote keys"
      columns={columns}
      list={list}
      empty={empty}
      filter={filter}
      idOf={({ keyId }) => keyId}
      nameOf={({ keyId }) => keyId}
      isDim={({ state }) => state === 'DESTROYED'}
      minWidth={400}
      onOpen={({ keyId }) => onOpen(keyId)}
    />
  );
}
