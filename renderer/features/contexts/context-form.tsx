import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import type { ErrorCode } from '../../../contracts/errors.ts';
import type { DiscoveredService } from '../../../contracts/ipc/contexts.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { errorText } from '../../lib/error-text.ts';
import { Button } from '../../ui/button.tsx';
import { useFieldForm } from '../../ui/form.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { useAction } from '../../ui/use-action.ts';
import { nameRule, required } from './context-name.ts';
import {
  ContextNameField,
  SetUpBoxes,
  useNewContextValues,
  type NewContextValues,
} from './new-context-fields.tsx';
import { contextsQuery } from './queries.ts';
import { UserIdField, userIdProblem, userIdProblemSoFar, type UserIdInput } from './user-id-field.tsx';

interface ContextFormProps {
  service: DiscoveredService;
  address: string;
  initialUserId: string;
  onAdded: (context: ContextSummary) => void;
}

interface Values extends NewContextValues {
  userId: string;
  keyLabel: string;
}

const fieldOfCode: Partial<Record<ErrorCode, keyof Values>> = {
  invalid_user_id: 'userId',
  already_added: 'userId',
  name_taken: 'name',
};

/** Adds the context and makes it the current one, so that the next page is about it. */
async function addAndSelect(request: Values & { address: string }): Promise<ContextSummary> {
  const context = await valueOf(keyhold().contexts.add(request));
  if (!context.current) await valueOf(keyhold().contexts.setCurrent({ contextId: context.id }));
  return context;
}

/** Second step: who you are there, and what the new key is called. */
export function ContextForm({ service, address, initialUserId, onAdded }: ContextFormProps): ReactNode {
  const client = useQueryClient();
  const initial = useNewContextValues(service);
  const { fields, busy, error, submit } = useFieldForm<Values, ContextSummary>({
    initialValues: { ...initial, userId: initialUserId, keyLabel: 'This computer' },
    validate: {
      userId: userIdProblem,
      name: required('a name for the context'),
      keyLabel: required('a label for the key'),
    },
    rules: {
      userId: errorText('invalid_user_id').advice,
      name: nameRule,
      keyLabel: 'Use letters, digits and signs, no line breaks.',
    },
    fieldOf: ({ code }) => fieldOfCode[code],
    send: (values) =>
      addAndSelect({
        ...values,
        address,
        userId: values.userId.trim(),
        name: values.name.trim(),
        keyLabel: values.keyLabel.trim(),
      }),
    onDone: async (context) => {
      await client.refetchQueries(contextsQuery);
      onAdded(context);
    },
  });
  const openDashboard = useAction(() => keyhold().contexts.openFoundDashboard());
  const { error: userIdError, ...userIdInput } = fields.getInputProps('userId') as UserIdInput;
  return (
    <form className="kh-stack" onSubmit={submit} noValidate>
      <Card>
        <div className="kh-stack">
          <UserIdField
            service={service}
            onOpenDashboard={openDashboard.mutate}
            autoFocus
            {...userIdInput}
            problem={userIdError ?? userIdProblemSoFar(fields.values.userId)}
          />
          <div className="kh-pair">
            <ContextNameField inputProps={fields.getInputProps} />
            <TextInput
              label="Key label"
              description="Tells your keys apart on the dashboard."
              maxLength={limits.keyLabelMax}
              autoComplete="off"
              spellCheck={false}
              {...fields.getInputProps('keyLabel')}
            />
          </div>
          <SetUpBoxes
            service={service}
            when="Once the key is registered."
            inputProps={fields.getInputProps}
          />
        </div>
      </Card>
      {error !== null && <ErrorNotice error={error} />}
      <div className="kh-end">
        <Button type="submit" kind="primary" size="large" busy={busy}>
          {busy ? 'Making the key…' : 'Make key and continue'}
        </Button>
      </div>
    </form>
  );
}
