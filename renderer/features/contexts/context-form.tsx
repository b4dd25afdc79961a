import { Checkbox, TextInput } from '@mantine/core';
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
import css from './add-context.module.css';
import { nameRule, required, suggestName } from './context-name.ts';
import { contextsQuery, useContexts } from './queries.ts';
import { UserIdField, userIdProblem, userIdProblemSoFar, type UserIdInput } from './user-id-field.tsx';

interface ContextFormProps {
  service: DiscoveredService;
  address: string;
  initialUserId: string;
  onAdded: (context: ContextSummary) => void;
}

interface Values {
  userId: string;
  name: string;
  keyLabel: string;
  setUpPodman: boolean;
  setUpDocker: boolean;
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
  const { data: contexts = [] } = useContexts();
  const { fields, busy, error, submit } = useFieldForm<Values, ContextSummary>({
    initialValues: {
      userId: initialUserId,
      name: suggestName(
        service.name,
        service.host,
        contexts.map(({ name }) => name),
      ),
      keyLabel: 'This computer',
      setUpPodman: service.hasRegistry,
      setUpDocker: false,
    },
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
          <div className={css['pair']}>
            <TextInput
              label="Context name"
              description={`What you call it here, in ${String(limits.contextNameMax)} characters at most.`}
              maxLength={limits.contextNameMax}
              autoComplete="off"
              spellCheck={false}
              {...fields.getInputProps('name')}
            />
            <TextInput
              label="Key label"
              description="Tells your keys apart on the dashboard."
              maxLength={limits.keyLabelMax}
              autoComplete="off"
              spellCheck={false}
              {...fields.getInputProps('keyLabel')}
            />
          </div>
          {service.hasRegistry && (
            <>
              <Checkbox
                label={`Set up Podman for ${service.host}`}
                description="Once the key is registered. Skopeo and Buildah too. You can undo it at any time."
                {...fields.getInputProps('setUpPodman', { type: 'checkbox' })}
              />
              <Checkbox
                label={`Set up Docker for ${service.host}`}
                description="Once the key is registered. You can undo it at any time."
                {...fields.getInputProps('setUpDocker', { type: 'checkbox' })}
              />
            </>
          )}
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
