import { NativeSelect, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { TokenScope } from '../../../contracts/server-api/artifact-keeper/scopes.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { dateField, endOf, ends, type End } from '../../lib/ends.ts';
import { administrator, useOwnUser } from '../users/queries.ts';
import css from './api-tokens.module.css';
import { apiTokensQuery } from './queries.ts';
import { ReachControl, RepositoryChoice, type Reach } from './repository-choice.tsx';
import { ScopeChoice } from './scope-choice.tsx';
import { scopesFor, tokenSentence } from './token-words.ts';

/** A token that main holds, and what it may do. */
export interface MadeToken {
  heldId: string;
  name: string;
  sentence: string;
}

interface MakeTokenFormProps {
  context: ContextSummary;
  onMade: (made: MadeToken) => void;
  onClose: () => void;
}

interface Values {
  name: string;
  scopes: readonly TokenScope[];
  reach: Reach;
  end: End;
  date: string;
}

const day = 86_400_000;
const empty: Omit<Values, 'date'> = {
  name: '',
  scopes: ['repository:read'],
  reach: { kind: 'all', ids: [] },
  end: '90',
};

/** How many repositories one token may be for. */
const maxRepositories = 100;

function reachProblem({ kind, ids }: Reach): string | null {
  if (kind === 'all' || (ids.length > 0 && ids.length <= maxRepositories)) return null;
  return ids.length === 0
    ? 'Choose a repository.'
    : `A token is for ${String(maxRepositories)} repositories at most, and ${String(ids.length)} are chosen.`;
}

/** What a new token is called, what it may do, where, and for how long. */
export function MakeTokenForm({ context, onMade, onClose }: MakeTokenFormProps): ReactNode {
  const client = useQueryClient();
  const [now] = useState(Date.now);
  const isAdministrator = useOwnUser(context)?.role === administrator;
  const form = useFieldForm<Values, { heldId: string; name: string }>({
    initialValues: { ...empty, date: dateField(now + 30 * day) },
    validate: {
      name: (name) => (name.trim() === '' ? 'Enter a name.' : null),
      scopes: (scopes) => (scopes.length === 0 ? 'Choose what it may do.' : null),
      reach: reachProblem,
      date: (date) => (endOf('date', date, now) === null ? 'Choose a day.' : null),
    },
    rules: { name: 'One line of 100 characters at most.' },
    fieldOf: ({ code }, { end }) => {
      if (code === 'repository_gone') return 'reach';
      return code === 'expiry_passed' && end === 'date' ? 'date' : undefined;
    },
    send: ({ name, scopes, reach, end, date }) =>
      valueOf(
        keyhold().apiTokens.create({
          contextId: context.id,
          name: name.trim(),
          scopes: [...scopes],
          repositories: reach.kind === 'all' ? null : [...reach.ids],
          expiresAt: endOf(end, date, Date.now()),
        }),
      ),
    onDone: async (made) => {
      await client.invalidateQueries(apiTokensQuery(context.id));
      onMade({ ...made, sentence });
    },
  });
  const { values, setFieldValue, errors, getInputProps } = form.fields;
  const { scopes, reach, end, date } = values;
  const count = reach.kind === 'all' ? null : reach.ids.length;
  const sentence = reachProblem(reach) ?? tokenSentence(scopes, count, endOf(end, date, now), now);
  return (
    <FormFrame
      form={form}
      action="Make API token"
      busyAction="Making the token…"
      onCancel={onClose}
      sentence={{ label: 'What the token may do', words: sentence }}
    >
      <TextInput
        label="Name"
        description="Says what uses it, such as “Nightly build”."
        maxLength={100}
        autoComplete="off"
        data-autofocus
        {...getInputProps('name')}
      />
      <ScopeChoice
        offered={scopesFor(isAdministrator)}
        chosen={scopes}
        problem={errors['scopes']}
        onChange={(next) => setFieldValue('scopes', next)}
      />
      <div className={css['terms']}>
        <ReachControl kind={reach.kind} onChange={(kind) => setFieldValue('reach', { ...reach, kind })} />
        <NativeSelect label="It ends" data={[...ends]} {...getInputProps('end')} />
        {end === 'date' && (
          <TextInput
            className={css['date'] ?? ''}
            label="Last day"
            type="date"
            min={dateField(now)}
            {...getInputProps('date')}
          />
        )}
      </div>
      {reach.kind === 'some' && (
        <RepositoryChoice
          context={context}
          ids={reach.ids}
          problem={errors['reach']}
          onChange={(ids) => setFieldValue('reach', { ...reach, ids })}
        />
      )}
    </FormFrame>
  );
}
