import { Autocomplete, NativeSelect, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../../contracts/domain/context.ts';
import { repositoryNameSchema } from '../../../../contracts/server-api/primitives.ts';
import { keyhold, valueOf } from '../../../lib/api.ts';
import { FormFrame, useFieldForm } from '../../../ui/form.tsx';
import { toastDone } from '../../../ui/toast.ts';
import { actionsOf, levelLabels, levels } from '../model/levels.ts';
import { outdateRequests } from '../model/request-queries.ts';
import { chosenEnd, endAsNow, EndField, type ChosenEnd } from './end-field.tsx';

/** Names that are offered at once. */
const offeredMax = 8;

/** Longest reason to ask, or to decline, in characters. */
export const reasonMax = 500;

interface AskFormProps {
  context: Pick<ContextSummary, 'id'>;
  /** The repository that it is about, or the names that are offered where another may be typed. */
  about: string | { names: readonly string[] };
  onCancel: () => void;
  onDone: () => void;
}

interface Asked {
  repository: string;
  level: string;
  end: ChosenEnd;
  reason: string;
}

/** Asks those who administer a repository for access to it. */
export function AskForm({ context, about, onCancel, onDone }: AskFormProps): ReactNode {
  const client = useQueryClient();
  const [now] = useState(Date.now);
  // Whoever sees a repository may pull from it.
  const [name, level] = typeof about === 'string' ? [about, '2'] : ['', '1'];
  const begun: Asked = { repository: name, level, end: endAsNow(null, now), reason: '' };
  const form = useFieldForm({
    initialValues: begun,
    validate: {
      repository: (typed) =>
        repositoryNameSchema.safeParse(typed.trim()).success
          ? null
          : 'Type the whole name, such as acme/web: small letters, digits, and a slash.',
      end: (end) => {
        const until = chosenEnd(end, null, now);
        return until === undefined || (until !== null && Date.parse(until) <= now)
          ? 'Choose a day to come.'
          : null;
      },
      reason: (reason) => (reason.trim() === '' ? 'Say in a few words what it is for.' : null),
    },
    rules: { reason: `One line of up to ${reasonMax} characters.` },
    fieldOf: ({ code }) => (code === 'expiry_passed' ? 'end' : undefined),
    send: ({ repository, level: chosen, end, reason }) =>
      valueOf(
        keyhold().accessRequests.ask({
          ...{ contextId: context.id, repository: repository.trim(), reason: reason.trim() },
          actions: actionsOf(levels[Number(chosen)]?.bits ?? 0),
          until: chosenEnd(end, null, now) ?? null,
        }),
        // Also where nobody knows whether it was asked.
      ).finally(() => outdateRequests(client, context.id)),
    onDone: (_asked, { repository }) => {
      toastDone(
        `You asked for access to ${repository.trim()}`,
        'Whoever administers it sees that. The answer stands on Requests.',
      );
      onDone();
    },
  });
  const { fields } = form;
  return (
    <FormFrame form={form} label="Ask for access" action="Ask for access" onCancel={onCancel}>
      {typeof about !== 'string' && (
        <RepositoryField names={about.names} input={fields.getInputProps('repository')} />
      )}
      <NativeSelect
        label="What you need"
        data={levelLabels.map((label, value) => ({ value: String(value), label })).slice(1)}
        {...fields.getInputProps('level')}
      />
      <EndField
        value={fields.values.end}
        kept={null}
        now={now}
        problem={fields.errors['end'] as string | undefined}
        onChange={(end) => {
          fields.clearFieldError('end');
          fields.setFieldValue('end', end);
        }}
      />
      <TextInput
        label="Why"
        description="Whoever decides reads this, and it is in the audit log."
        maxLength={reasonMax}
        {...fields.getInputProps('reason')}
      />
    </FormFrame>
  );
}

interface RepositoryFieldProps {
  names: readonly string[];
  input: object;
}

/** A name that the user sees, or any other: what they cannot see may be there. */
function RepositoryField({ names, input }: RepositoryFieldProps): ReactNode {
  return (
    <Autocomplete
      label="Repository"
      description="Its whole name. You can ask for one that you do not see."
      placeholder="acme/web"
      data={[...names]}
      limit={offeredMax}
      withScrollArea={false}
      openOnFocus={false}
      comboboxProps={{ withinPortal: false }}
      spellCheck={false}
      autoComplete="off"
      data-autofocus
      {...input}
    />
  );
}
