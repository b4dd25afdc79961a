import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import type { KeySummary } from '../../../contracts/domain/key.ts';
import { shortFingerprint } from '../../lib/format.ts';
import { Identicon } from '../../ui/identicon.tsx';
import { UsedBy } from '../../ui/program-use.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { ExpiryTime } from './expiry-time.tsx';
import { KeyStateBadge } from './key-state-badge.tsx';
import css from './keys-page.module.css';

interface KeyTableProps {
  keys: readonly KeySummary[];
  /** The key that its service said it does not know, if any. */
  refusedId: string | null;
  onOpen: (key: KeySummary) => void;
}

/** A context's keys, one a row. */
export function KeyTable({ keys, refusedId, onOpen }: KeyTableProps): ReactNode {
  return (
    <Table.ScrollContainer minWidth={480} type="native">
      <Table highlightOnHover horizontalSpacing="md" verticalSpacing="sm" aria-label="Keys">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Label and fingerprint</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th className={css['created']}>Created</Table.Th>
            <Table.Th className={css['lastUsed']}>Last used</Table.Th>
            <Table.Th>Expires</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {keys.map((key) => (
            <KeyRow
              key={key.id}
              shown={key}
              refused={key.id === refusedId}
              onOpen={() => {
                onOpen(key);
              }}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

interface KeyRowProps {
  shown: KeySummary;
  refused: boolean;
  onOpen: () => void;
}

function KeyRow({ shown, refused, onOpen }: KeyRowProps): ReactNode {
  const revoked = shown.state === 'revoked';
  return (
    <Table.Tr className={css['row']} data-revoked={revoked || undefined} onClick={onOpen}>
      <Table.Td>
        <span className={css['key']}>
          <span className={css['picture']}>
            <Identicon fingerprint={shown.fingerprint} size={32} />
          </span>
          <span>
            {/* The row's click reaches the same; this one is for the keyboard. */}
            <button type="button" className={css['open']}>
              {shown.label}
            </button>
            <code className={css['short']} title={shown.fingerprint}>
              {shortFingerprint(shown.fingerprint)}
            </code>
          </span>
        </span>
      </Table.Td>
      <Table.Td>
        <KeyStateBadge shown={shown} refused={refused} />
      </Table.Td>
      <Table.Td className={css['created']}>
        <RelativeTime at={shown.createdAt} />
      </Table.Td>
      <Table.Td className={css['lastUsed']}>
        {shown.lastUsedAt === null ? (
          <span className="kh-dim">Never</span>
        ) : (
          <RelativeTime at={shown.lastUsedAt} />
        )}
        {shown.programUse !== null && (
          <span className={css['programUse']}>
            <UsedBy use={shown.programUse} />
          </span>
        )}
      </Table.Td>
      <Table.Td>{revoked ? <span className="kh-dim">–</span> : <ExpiryTime at={shown.expiresAt} />}</Table.Td>
    </Table.Tr>
  );
}
