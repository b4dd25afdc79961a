import { KeyRound, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { BotSummary } from '../../../contracts/ipc/bots.ts';
import { counted } from '../../lib/format.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { DataTable, type Column, type Filter, type Listed } from '../../ui/data-table.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import type { BotDialog } from './bot-dialogs.tsx';
import css from './bots.module.css';

interface BotTableProps {
  list: Listed<BotSummary>;
  /** Shown where there are none. */
  empty: ReactNode;
  onOpen: (name: string) => void;
  onDialog: (dialog: BotDialog) => void;
}

const columns: readonly Column<BotSummary>[] = [
  {
    head: 'Bot',
    orderBy: ({ name }) => name,
    cell: ({ subject }, name) => (
      <>
        {name}
        <code className={css['subject']}>
          <Breakable>{subject}</Breakable>
        </code>
      </>
    ),
  },
  {
    head: 'Keys',
    className: css['short'],
    orderBy: ({ keys }) => keys.length,
    cell: ({ keys }) => some(keys.length, 'key'),
  },
  {
    head: 'May use',
    className: css['short'],
    orderBy: ({ grantCount }) => grantCount,
    cell: ({ grantCount }) => some(grantCount, 'repository', 'repositories'),
  },
  {
    head: 'Last used',
    orderBy: lastUsed,
    cell: (bot) => {
      const last = lastUsed(bot);
      return last === null ? <span className="kh-dim">Never</span> : <RelativeTime at={last} />;
    },
  },
  {
    head: 'Created',
    leavesBelow: 54,
    orderBy: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
];

const filter: Filter<BotSummary> = {
  label: 'Filter by name',
  noun: 'bots',
  noMatch: 'No bot matches the filter.',
  from: 30,
  wordsOf: ({ name }) => [name],
};

/** Bots by name. */
export function BotTable({ list, empty, onOpen, onDialog }: BotTableProps): ReactNode {
  return (
    <DataTable
      label="Bots"
      columns={columns}
      list={list}
      empty={empty}
      filter={filter}
      idOf={({ name }) => name}
      nameOf={({ name }) => name}
      minWidth={440}
      onOpen={({ name }) => onOpen(name)}
      menuOf={(bot) => [
        {
          label: 'New key',
          icon: KeyRound,
          run: () => onDialog({ kind: 'key', bot }),
        },
        {
          label: 'Delete bot…',
          icon: Trash2,
          run: () => onDialog({ kind: 'delete', bot }),
        },
      ]}
    />
  );
}

function some(value: number, one: string, many?: string): ReactNode {
  return value === 0 ? <span className="kh-dim">None</span> : counted(value, one, many);
}

function lastUsed({ keys }: BotSummary): string | null {
  return (
    keys
      .map(({ lastUsedAt }) => lastUsedAt)
      .filter((at) => at !== null)
      .toSorted()
      .at(-1) ?? null
  );
}
