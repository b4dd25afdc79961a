import { NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { toastDone } from '../../ui/toast.ts';
import { botsQuery } from '../bots/queries.ts';
import css from './grants.module.css';
import { grantsQuery } from './queries.ts';

interface GrantFormProps {
  context: ContextSummary;
  repository: string;
}

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

/** Lets a person or a bot use a repository. */
export function GrantForm({ context, repository }: GrantFormProps): ReactNode {
  const client = useQueryClient();
  const [kind, setKind] = useState<Kind>('user');
  const [who, setWho] = useState('');
  const [permission, setPermission] = useState<Permission>('reader');
  const [days, setDays] = useState('');
  const name = who.trim();
  const grant = useMutation({
    mutationFn: () => {
      const to = kind === 'user' ? { kind, email: name } : { kind, name };
      const terms = { permission, expiresAt: endOf(days) };
      return valueOf(keyhold().grants.grant({ contextId: context.id, repository, to, ...terms }));
    },
    onSuccess: async (granted) => {
      setWho('');
      const deed = granted.permission === 'writer' ? 'pull from and push to' : 'pull from';
      toastDone(`${granted.name} may ${deed} ${repository}`);
      await client.invalidateQueries(grantsQuery(context.id, repository));
    },
  });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (name !== '' && !grant.isPending) grant.mutate();
  };
  return (
    <form className={css['form']} aria-label="Authorize" onSubmit={submit}>
      <SegmentedControl
        aria-label="Who"
        value={kind}
        data={[
          { value: 'user', label: 'Person' },
          { value: 'bot', label: 'Bot' },
        ]}
        onChange={(value) => {
          setKind(value === 'bot' ? 'bot' : 'user');
          setWho('');
          grant.reset();
        }}
      />
      {kind === 'user' ? (
        <TextInput
          label="Email"
          description="Of an account on the service."
          type="email"
          value={who}
          maxLength={limits.emailMax}
          autoComplete="off"
          onChange={(event) => {
            setWho(event.currentTarget.value);
          }}
        />
      ) : (
        <BotChoice context={context} repository={repository} value={who} onChange={setWho} />
      )}
      <div className={css['pair']}>
        <NativeSelect
          label="May"
          value={permission}
          data={[
            { value: 'reader', label: 'Pull (reader)' },
            { value: 'writer', label: 'Pull and push (writer)' },
          ]}
          onChange={(event) => {
            setPermission(event.currentTarget.value === 'writer' ? 'writer' : 'reader');
          }}
        />
        <NativeSelect
          label="For"
          value={days}
          data={ends}
          onChange={(event) => {
            setDays(event.currentTarget.value);
          }}
        />
      </div>
      {grant.isError && <ErrorNotice error={grant.error} />}
      <div className={css['foot']}>
        <Button type="submit" kind="primary" busy={grant.isPending} disabled={name === ''}>
          Authorize
        </Button>
      </div>
    </form>
  );
}

interface BotChoiceProps extends GrantFormProps {
  value: string;
  onChange: (name: string) => void;
}

/** A bot of the repository's organization: chosen where they can be listed, otherwise typed. */
function BotChoice({ context, repository, value, onChange }: BotChoiceProps): ReactNode {
  const list = useQuery(botsQuery(context.id)).data;
  const org = repository.split('/')[0] ?? '';
  const names = list?.org === org ? list.bots.map(({ name }) => name) : [];
  if (names.length === 0) {
    return (
      <TextInput
        label="Bot"
        description={`Its name in ${org}.`}
        value={value}
        maxLength={40}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          onChange(event.currentTarget.value);
        }}
      />
    );
  }
  return (
    <NativeSelect
      label="Bot"
      description={`Bots of ${org}.`}
      value={value}
      data={[{ value: '', label: 'Choose a bot' }, ...names.map((name) => ({ value: name, label: name }))]}
      onChange={(event) => {
        onChange(event.currentTarget.value);
      }}
    />
  );
}
