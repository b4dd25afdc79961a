import { Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { KeySummary } from '../../../contracts/domain/key.ts';
import { shortFingerprint } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { DataTable, type Column, type Listed } from '../../ui/data-table.tsx';
import { Identicon } from '../../ui/identicon.tsx';
import { UsedBy } from '../../ui/last-use.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { ExpiryTime } from './expiry-time.tsx';
import { KeyStateBadge } from './key-state-badge.tsx';
import { keyStateWords } from './key-state-words.ts';
import css from './keys-page.module.css';

interface KeyTableProps {
  list: Listed<KeySummary>;
  /** The key that its service said it does not know, if any. */
  refusedId: string | null;
  canRevoke: (key: KeySummary) => boolean;
  onOpen: (key: KeySummary) => void;
  onRevoke: (key: KeySummary) => void;
}

/** A context's keys, one a row. */
export function KeyTable({ list, refusedId, canRevoke, onOpen, onRevoke }: KeyTableProps): ReactNode {
  const now = useNow(60_000);
  return (
    <DataTable
      label="Keys"
      columns={columnsOf(refusedId, now)}
      list={list}
      idOf={({ id }) => id}
      nameOf={({ label }) => label}
      isDim={({ state }) => state === 'revoked'}
      onOpen={onOpen}
      menuOf={(key) =>
        key.state !== 'revoked' && canRevoke(key)
          ? [
              {
                label: 'Revoke key…',
                icon: Trash2,
                run: () => onRevoke(key),
              },
            ]
          : []
      }
    />
  );
}

function columnsOf(refusedId: string | null, now: number): Column<KeySummary>[] {
  return [
    {
      head: 'Label and fingerprint',
      orderBy: ({ label }) => label,
      cell: (key, name) => (
        <span className={css['key']}>
          <span className={css['picture']}>
            <Identicon fingerprint={key.fingerprint} size={32} />
          </span>
          <span>
            {name}
            <code className={css['short']} title={key.fingerprint}>
              {shortFingerprint(key.fingerprint)}
            </code>
          </span>
        </span>
      ),
    },
    {
      head: 'State',
      orderBy: (key) => keyStateWords(key, key.id === refusedId, now).words,
      cell: (key) => <KeyStateBadge shown={key} refused={key.id === refusedId} />,
    },
    {
      head: 'Created',
      leavesBelow: 60,
      orderBy: ({ createdAt }) => createdAt,
      cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
    },
    {
      head: 'Last used',
      leavesBelow: 54,
      orderBy: ({ lastUsedAt }) => lastUsedAt,
      cell: ({ lastUsedAt, programUse }) => (
        <>
          {lastUsedAt === null ? <span className="kh-dim">Never</span> : <RelativeTime at={lastUsedAt} />}
          {programUse !== null && (
            <span className={css['programUse']}>
              <UsedBy use={programUse} />
            </span>
          )}
        </>
      ),
    },
    {
      head: 'Expires',
      orderBy: ({ state, expiresAt }) => (state === 'revoked' ? null : expiresAt),
      cell: ({ state, expiresAt }) =>
        state === 'revoked' ? <span className="kh-dim">–</span> : <ExpiryTime at={expiresAt} />,
    },
  ];
}
