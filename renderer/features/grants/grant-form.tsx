import {
  NativeSelect,
  SegmentedControl,
  TextInput,
  type NativeSelectProps,
  type TextInputProps,
} from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { toastDone } from '../../ui/toast.ts';
import { botsQuery } from '../bots/queries.ts';
import { outdateAccess } from '../access/model/list-queries.ts';
import { grantsQuery } from './queries.ts';

interface GrantFormProps {
  context: ContextSummary;
  repository: string;
}

/** What the field for a name is given. */
type NameInput = Pick<TextInputProps & NativeSelectProps, 'value' | 'onChange' | 'error'>;

type Kind = 'user' | 'bot';
type Permission = 'reader' | 'writer';

/** Days that a grant may last; empty for no end. */
const ends = [
  { value: '', label: 'No end' },
  { value: '1', label: '1 day' },
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
];

function endOf(days: string): string | null {
  return days === '' ? null : new Date(Date.now() + Number(days) * 86_400_000).toISOString();
}

const empty: { kind: Kind; who: string; permission: Permission; days: string } = {
  kind: 'user',
  who: '',
  permission: 'reader',
  days: '',
};

/** Lets a person or a bot use a repository. */
export function GrantForm({ context, repository }: GrantFormProps): ReactNode {
  const client = useQueryClient();
  const form = useFieldForm({
    initialValues: empty,
    fieldOf: ({ code, details }) =>
      code === 'nobody_found' || details.field?.startsWith('to.') === true ? 'who' : undefined,
    send: ({ kind, who, permission, days }) => {
      const to = kind === 'user' ? { kind, email: who.trim() } : { kind, name: who.trim() };
      const terms = { permission, expiresAt: endOf(days) };
      return valueOf(keyhold().grants.grant({ contextId: context.id, repository, to, ...terms }));
    },
    onDone: async (granted) => {
      form.fields.setFieldValue('who', '');
      const may = granted.permission === 'writer' ? 'pull from and push to' : 'pull from';
      toastDone(`${granted.name} may ${may} ${repository}`);
      await Promise.all([
        client.invalidateQueries(grantsQuery(context.id, repository)),
        outdateAccess(client, context.id),
      ]);
    },
  });
  const { kind, who } = form.fields.values;
  const name = form.fields.getInputProps('who') as NameInput;
  return (
    <FormFrame form={form} label="Authorize" action="Authorize" disabled={who.trim() === ''}>
      <SegmentedControl
        aria-label="Who"
        value={kind}
        data={[
          { value: 'user', label: 'Person' },
          { value: 'bot', label: 'Bot' },
        ]}
        onChange={(value) => {
          form.fields.setValues({ kind: value === 'bot' ? 'bot' : 'user', who: '' });
          form.fields.clearErrors();
          form.reset();
        }}
      />
      {kind === 'user' ? (
        <TextInput
          label="Email"
          description="Of an account on the service."
          type="email"
          maxLength={limits.emailMax}
          autoComplete="off"
          {...name}
        />
      ) : (
        <BotChoice context={context} repository={repository} input={name} />
      )}
      <div className="kh-pair">
        <NativeSelect
          label="May"
          {...form.fields.getInputProps('permission')}
          data={[
            { value: 'reader', label: 'Pull (reader)' },
            { value: 'writer', label: 'Pull and push (writer)' },
          ]}
        />
        <NativeSelect label="For" {...form.fields.getInputProps('days')} data={ends} />
      </div>
    </FormFrame>
  );
}

interface BotChoiceProps extends GrantFormProps {
  input: NameInput;
}

/** A bot of the repository's organization: chosen where they can be listed, otherwise typed. */
function BotChoice({ context, repository, input }: BotChoiceProps): ReactNode {
  const list = useQuery(botsQuery(context)).data;
  const org = repository.split('/')[0] ?? '';
  const names = list?.org === org ? list.bots.map(({ name }) => name) : [];
  if (names.length === 0) {
    return (
      <TextInput
        label="Bot"
        description={`Its name in ${org}.`}
        maxLength={40}
        autoComplete="off"
        spellCheck={false}
        {...input}
      />
    );
  }
  return (
    <NativeSelect
      label="Bot"
      description={`Bots of ${org}.`}
      {...input}
      data={[{ value: '', label: 'Choose a bot' }, ...names.map((name) => ({ value: name, label: name }))]}
    />
  );
}
