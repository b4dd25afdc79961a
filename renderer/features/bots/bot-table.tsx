import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import type { BotSummary } from '../../../contracts/ipc/bots.ts';
import { counted } from '../../lib/format.ts';
import { RelativeTime } from '../../ui/time.tsx';
import css from './bots.module.css';

interface BotTableProps {
  bots: readonly BotSummary[];
  onOpen: (name: string) => void;
}

/** Bots by name. */
export function BotTable({ bots, onOpen }: BotTableProps): ReactNode {
  return (
    <Table.ScrollContainer minWidth={440} type="native">
      <Table highlightOnHover horizontalSpacing="md" verticalSpacing="sm" aria-label="Bots">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Bot</Table.Th>
            <Table.Th>Keys</Table.Th>
            <Table.Th>May use</Table.Th>
            <Table.Th>Last used</Table.Th>
            <Table.Th className={css['created']}>Created</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {bots.map((bot) => (
            <Table.Tr
              key={bot.name}
              className={css['row']}
              onClick={() => {
                onOpen(bot.name);
              }}
            >
              <Table.Td>
                {/* The row's click reaches the same; this one is for the keyboard. */}
                <button type="button" className={css['open']}>
                  {bot.name}
                </button>
                <code className={css['subject']}>{bot.subject}</code>
              </Table.Td>
              <Table.Td>{some(bot.keys.length, 'key')}</Table.Td>
              <Table.Td>{some(bot.grantCount, 'repository', 'repositories')}</Table.Td>
              <Table.Td>
                <LastUsed bot={bot} />
              </Table.Td>
              <Table.Td className={css['created']}>
                <RelativeTime at={bot.createdAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function some(value: number, one: string, many?: string): ReactNode {
  return value === 0 ? <span className="kh-dim">None</span> : counted(value, one, many);
}

function LastUsed({ bot }: { bot: BotSummary }): ReactNode {
  const last = bot.keys
    .map(({ lastUsedAt }) => lastUsedAt)
    .filter((at) => at !== null)
    .toSorted()
    .at(-1);
  return last === undefined ? <span className="kh-dim">Never</span> : <RelativeTime at={last} />;
}
