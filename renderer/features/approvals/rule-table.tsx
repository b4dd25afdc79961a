import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ApprovalRule } from '../../../contracts/domain/approval.ts';
import { keyhold } from '../../lib/api.ts';
import { Badge } from '../../ui/badge.tsx';
import { Breakable } from '../../ui/breakable.tsx';
import { Button } from '../../ui/button.tsx';
import { DataTable, type Column, type Listed } from '../../ui/data-table.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { toastDone } from '../../ui/toast.ts';
import { useAction } from '../../ui/use-action.ts';
import { verdictBadges } from './approval-words.ts';
import { rulesQuery } from './queries.ts';
import css from './rule-table.module.css';

const columns: readonly Column<ApprovalRule>[] = [
  {
    head: 'Program',
    className: css['anywhere'],
    orderBy: ({ program }) => program,
    cell: ({ path }, name) => (
      <>
        <span className={css['name']}>{name}</span>
        <code className={css['path']}>
          <Breakable>{path}</Breakable>
        </code>
      </>
    ),
  },
  {
    head: 'Context',
    className: css['context'],
    orderBy: ({ contextName }) => contextName,
    cell: ({ contextName }) => <Breakable>{contextName}</Breakable>,
  },
  {
    head: 'Answer',
    orderBy: ({ verdict }) => verdictBadges[verdict].words,
    cell: ({ verdict }) => <Badge tone={verdictBadges[verdict].tone}>{verdictBadges[verdict].words}</Badge>,
  },
  { head: 'Holds', className: css['whole'], cell: (rule) => <Holding rule={rule} /> },
  { head: 'Actions', headHidden: true, className: css['action'], cell: (rule) => <Forget rule={rule} /> },
];

/** The answers that are remembered, one a row. */
export function RuleTable({ list, empty }: { list: Listed<ApprovalRule>; empty: ReactNode }): ReactNode {
  return (
    <DataTable
      label="Remembered answers"
      columns={columns}
      list={list}
      empty={empty}
      idOf={({ id }) => id}
      nameOf={({ program }) => program}
      minWidth={480}
    />
  );
}

function Forget({ rule }: { rule: ApprovalRule }): ReactNode {
  const client = useQueryClient();
  const remove = useAction(
    () => keyhold().approvals.remove({ ruleId: rule.id }),
    async () => {
      await client.invalidateQueries(rulesQuery);
      toastDone('The answer is forgotten', `Keyhold decides about ${rule.program} anew.`);
    },
  );
  return (
    <Button
      size="small"
      aria-label={`Forget the answer for ${rule.program} and ${rule.contextName}`}
      call={remove}
    >
      Forget
    </Button>
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
