import { Table } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ApprovalRule } from '../../../contracts/domain/approval.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { toastDone, toastError } from '../../ui/toast.ts';
import { verdictLooks } from './approval-words.ts';
import { rulesQuery } from './queries.ts';
import css from './rule-table.module.css';

/** The answers that are remembered, one a row. */
export function RuleTable({ rules }: { rules: readonly ApprovalRule[] }): ReactNode {
  return (
    <Table.ScrollContainer minWidth={560} type="native">
      <Table horizontalSpacing="md" verticalSpacing="sm" aria-label="Remembered answers">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Program</Table.Th>
            <Table.Th>Context</Table.Th>
            <Table.Th>Answer</Table.Th>
            <Table.Th>Holds</Table.Th>
            <Table.Th>
              <span className="kh-hidden">Actions</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rules.map((rule) => (
            <RuleRow key={rule.id} rule={rule} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function RuleRow({ rule }: { rule: ApprovalRule }): ReactNode {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => valueOf(keyhold().approvals.remove({ ruleId: rule.id })),
    onSuccess: async () => {
      await client.invalidateQueries(rulesQuery);
      toastDone('The answer is forgotten', `Keyhold decides about ${rule.program} anew.`);
    },
    onError: toastError,
  });
  const { tone, words } = verdictLooks[rule.verdict];
  return (
    <Table.Tr>
      <Table.Td className={css['program']}>
        <span className={css['name']}>{rule.program}</span>
        <code className={css['path']}>{rule.path}</code>
      </Table.Td>
      <Table.Td className={css['context']}>{rule.contextName}</Table.Td>
      <Table.Td>
        <Badge tone={tone}>{words}</Badge>
      </Table.Td>
      <Table.Td className={css['holds']}>
        <Holding rule={rule} />
      </Table.Td>
      <Table.Td className={css['action']}>
        <Button
          size="small"
          busy={remove.isPending}
          aria-label={`Forget the answer for ${rule.program} and ${rule.contextName}`}
          onClick={() => {
            remove.mutate();
          }}
        >
          Forget
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}

function Holding({ rule }: { rule: ApprovalRule }): ReactNode {
  if (rule.holds === 'always') return 'Always';
  if (rule.endsAt === null) return 'Until Keyhold locks';
  return (
    <>
      Ends <RelativeTime at={rule.endsAt} />
    </>
  );
}
