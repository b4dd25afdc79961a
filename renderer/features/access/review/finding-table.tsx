import type { ReactNode } from 'react';
import type { AccessFinding } from '../../../../contracts/ipc/access-review.ts';
import type { ReviewKind } from '../../../../contracts/server-api/access/review.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Breakable } from '../../../ui/breakable.tsx';
import { SecondLine } from '../../../ui/credential-cells.tsx';
import { DataTable, type Column, type Filter } from '../../../ui/data-table.tsx';
import { PrincipalIcon } from '../../../ui/principal-icon.tsx';
import { Section } from '../../../ui/page.tsx';
import { accessWords, bitsOf } from '../model/levels.ts';
import { factWords, findingId, kindWords, mendWords } from './finding-words.ts';
import css from './review.module.css';

/** How the findings of all kinds are shown. */
export interface FindingDisplay {
  now: number;
  nameOf: (principal: string) => string;
  /** Whether its changes are pending already. */
  isPending: (finding: AccessFinding) => boolean;
}

interface FindingTableProps extends FindingDisplay {
  kind: ReviewKind;
  /** How many there are: those that are listed may be fewer. */
  total: number;
  findings: readonly AccessFinding[];
  selected: ReadonlySet<string>;
  onSelect: (ids: ReadonlySet<string>) => void;
}

/** What was found of one kind, to be selected. */
export function FindingTable(props: FindingTableProps): ReactNode {
  const { kind, total, findings, selected, onSelect, ...display } = props;
  const { title, why } = kindWords[kind];
  return (
    <Section title={`${title}: ${total.toLocaleString('en')}`}>
      <div className="kh-stack" data-gap="3">
        <p className="kh-dim">{why}</p>
        <DataTable
          label={title}
          columns={kind === 'many_admins' ? repositoryColumns(display) : grantColumns(kind, display)}
          list={{ data: findings, error: null, refetch: () => undefined }}
          filter={filter}
          idOf={findingId}
          nameOf={nameOf}
          selection={{ kind: 'several', ids: selected, onChange: onSelect }}
        />
        {total > findings.length && (
          <p className="kh-dim">
            {`The first ${findings.length.toLocaleString('en')} of ${total.toLocaleString('en')}, by repository. The next are listed when these are settled.`}
          </p>
        )}
      </div>
    </Section>
  );
}

function nameOf({ repository, grant }: AccessFinding): string {
  return grant === null ? repository : `${grant.principal.name} on ${repository}`;
}

const filter: Filter<AccessFinding> = {
  label: 'Filter by name, email or repository',
  noun: 'findings',
  noMatch: 'No finding matches the filter.',
  from: 8,
  wordsOf: ({ repository, grant }) => [
    repository,
    grant?.principal.name ?? null,
    grant?.principal.email ?? null,
  ],
};

function mendColumn({ now, nameOf: nameOfPrincipal, isPending }: FindingDisplay): Column<AccessFinding> {
  return {
    head: 'Prepared change',
    className: css['wide'],
    cell: (finding) => {
      const words = mendWords(finding, nameOfPrincipal, now);
      if (words === null) return <span className="kh-dim">None: look at it in the matrix</span>;
      return (
        <>
          {words}
          {isPending(finding) && (
            <>
              {' '}
              <Badge tone="neutral">Pending</Badge>
            </>
          )}
        </>
      );
    },
  };
}

function grantColumns(kind: ReviewKind, display: FindingDisplay): Column<AccessFinding>[] {
  return [
    {
      head: 'Who',
      orderBy: ({ grant }) => grant?.principal.name ?? null,
      className: css['who'],
      cell: ({ grant }) =>
        grant && (
          <span className={css['principal']}>
            <PrincipalIcon kind={grant.principal.kind} />
            <span className={css['words']}>
              <bdi>{grant.principal.name}</bdi>
              {grant.principal.email !== null && <SecondLine>{grant.principal.email}</SecondLine>}
            </span>
          </span>
        ),
    },
    {
      head: 'Grant now',
      className: css['wide'],
      orderBy: ({ grant }) => (kind === 'ending' ? grant?.until : grant?.givenAt) ?? null,
      cell: (finding) => (
        <>
          {accessWords(bitsOf(finding.grant?.actions ?? []))} on <Breakable>{finding.repository}</Breakable>
          <SecondLine>{factWords(kind, finding, display.now)}</SecondLine>
        </>
      ),
    },
    mendColumn(display),
  ];
}

function repositoryColumns(display: FindingDisplay): Column<AccessFinding>[] {
  return [
    {
      head: 'Repository',
      orderBy: ({ repository }) => repository,
      className: css['wide'],
      cell: ({ repository }) => <Breakable>{repository}</Breakable>,
    },
    {
      head: 'People',
      orderBy: ({ admins }) => admins,
      cell: (finding) => factWords('many_admins', finding, display.now),
    },
    mendColumn(display),
  ];
}
