import { Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { KeySummary } from '../../../contracts/domain/key.ts';
import { shortFingerprint } from '../../lib/format.ts';
import { queries } from '../../lib/queries.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Identicon } from '../../ui/identicon.tsx';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { SignedOutState } from '../contexts/signed-out-state.tsx';
import { KeySheet } from './key-sheet.tsx';
import css from './keys-page.module.css';

/** The keys of the current context. */
export function KeysPage({ context }: { context: ContextSummary }): ReactNode {
  const keys = useQuery(queries.keys(context.id));
  const [opened, setOpened] = useState<KeySummary | null>(null);
  const navigate = useNavigate();
  if (context.state === 'signed_out') {
    return (
      <Page title="Keys">
        <SignedOutState context={context} />
      </Page>
    );
  }
  return (
    <Page
      title="Keys"
      lead={`Keys that sign you in to ${context.serviceName}. They never leave this computer.`}
      actions={
        context.state === 'pending' && (
          <Button kind="primary" icon={<KeyRound />} onClick={() => void navigate('/status/register')}>
            Register key
          </Button>
        )
      }
    >
      {keys.isError && <ErrorNotice error={keys.error} retry={() => void keys.refetch()} />}
      {keys.isPending && <LinesSkeleton lines={3} />}
      {keys.data !== undefined && (
        <Card padded={false}>
          <KeyTable keys={keys.data} onOpen={setOpened} />
        </Card>
      )}
      <KeySheet
        shown={opened}
        onClose={() => {
          setOpened(null);
        }}
      />
    </Page>
  );
}

function KeyTable({
  keys,
  onOpen,
}: {
  keys: readonly KeySummary[];
  onOpen: (key: KeySummary) => void;
}): ReactNode {
  return (
    <Table.ScrollContainer minWidth={480} type="native">
      <Table highlightOnHover horizontalSpacing="md" verticalSpacing="sm" aria-label="Keys">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Label and fingerprint</Table.Th>
            <Table.Th className={css['created']}>Created</Table.Th>
            <Table.Th>Registered</Table.Th>
            <Table.Th>Last used</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {keys.map((key) => (
            <Table.Tr
              key={key.id}
              className={css['row']}
              onClick={() => {
                onOpen(key);
              }}
            >
              <Table.Td>
                <span className={css['key']}>
                  <span className={css['picture']}>
                    <Identicon fingerprint={key.fingerprint} size={32} />
                  </span>
                  <span>
                    {/* The row's click reaches the same; this one is for the keyboard. */}
                    <button type="button" className={css['open']}>
                      {key.label}
                    </button>
                    <code className={css['short']} title={key.fingerprint}>
                      {shortFingerprint(key.fingerprint)}
                    </code>
                  </span>
                </span>
              </Table.Td>
              <Table.Td className={css['created']}>
                <RelativeTime at={key.createdAt} />
              </Table.Td>
              <Table.Td>
                {key.registeredAt === null ? (
                  <Badge tone="warning">Not registered</Badge>
                ) : (
                  <RelativeTime at={key.registeredAt} />
                )}
              </Table.Td>
              <Table.Td>
                {key.lastUsedAt === null ? (
                  <span className="kh-dim">Never</span>
                ) : (
                  <RelativeTime at={key.lastUsedAt} />
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
