import { Input, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId, type ReactNode } from 'react';
import type { TokenRepository } from '../../../contracts/ipc/api-tokens.ts';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { DataTable, type Column, type Filter } from '../../ui/data-table.tsx';
import { FirstOfMany } from '../../ui/first-of-many.tsx';
import css from './api-tokens.module.css';
import { tokenRepositoriesQuery } from './queries.ts';

/** What a token is to be for. What was chosen stays, for whoever comes back to it. */
export interface Reach {
  kind: 'all' | 'some';
  ids: readonly string[];
}

const columns: readonly Column<TokenRepository>[] = [
  { head: 'Repository', orderBy: ({ name }) => name, cell: (_repository, name) => name },
];

const filter: Filter<TokenRepository> = {
  label: 'Filter by name',
  noun: 'repositories',
  noMatch: 'No repository matches the filter.',
  from: 6,
  wordsOf: ({ name }) => [name],
};

interface ReachControlProps {
  kind: Reach['kind'];
  onChange: (kind: Reach['kind']) => void;
}

/** Whether a token is for all repositories, also later ones, or for some. */
export function ReachControl({ kind, onChange }: ReachControlProps): ReactNode {
  const id = useId();
  return (
    <Input.Wrapper label="It is for" labelElement="div" labelProps={{ id }} role="group" aria-labelledby={id}>
      <SegmentedControl
        fullWidth
        aria-labelledby={id}
        value={kind}
        data={[
          { value: 'all', label: 'All repositories' },
          { value: 'some', label: 'Some repositories' },
        ]}
        onChange={onChange}
      />
    </Input.Wrapper>
  );
}

interface RepositoryChoiceProps {
  context: ContextSummary;
  ids: readonly string[];
  /** What is wrong with the choice, in words. */
  problem?: ReactNode;
  onChange: (ids: readonly string[]) => void;
}

/** Chooses the repositories that a token is for. */
export function RepositoryChoice({ context, ids, problem, onChange }: RepositoryChoiceProps): ReactNode {
  const list = useQuery(tokenRepositoriesQuery(context.id));
  return (
    <div className={`kh-stack ${css['choices'] ?? ''}`} data-gap="2">
      <FirstOfMany listed={list.data?.repositories.length} total={list.data?.total} order="name" />
      <DataTable
        label="Repositories"
        columns={columns}
        list={{ ...list, data: list.data?.repositories }}
        filter={filter}
        idOf={({ id }) => id}
        nameOf={({ name }) => name}
        empty={<p className="kh-dim">There is no repository yet that you may use.</p>}
        selection={{ kind: 'several', ids: new Set(ids), onChange: (next) => onChange([...next]) }}
      />
      {problem !== undefined && (
        <p className={css['problem']} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
