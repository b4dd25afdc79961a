import { Checkbox, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ChangeEvent, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import type { ErrorCode } from '../../../contracts/errors.ts';
import type { DiscoveredService } from '../../../contracts/ipc/contexts.ts';
import { keyhold, valueOf, type CallError } from '../../lib/api.ts';
import { errorText } from '../../lib/error-text.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Card } from '../../ui/page.tsx';
import { toastError } from '../../ui/toast.ts';
import css from './add-context.module.css';
import { nameRule, suggestName } from './context-name.ts';
import { contextsQuery, useContexts } from './queries.ts';
import { UserIdField, userIdProblem, userIdProblemSoFar } from './user-id-field.tsx';

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

const refusedByContract: Partial<Record<string, string>> = {
  userId: errorText('invalid_user_id').advice,
  name: nameRule,
  keyLabel: 'Use letters, digits and signs, no line breaks.',
};

/** The field that a refusal is about, with its words; null when it is about the whole. */
function fieldProblem(error: CallError): [keyof Values, string] | null {
  const field = fieldOfCode[error.code];
  if (field !== undefined) {
    const { title, advice } = errorText(error.code, error.details);
    return [field, `${title}. ${advice}`];
  }
  const named = error.details.field;
  const words =
    error.code === 'invalid_request' && named !== undefined ? refusedByContract[named] : undefined;
  return words === undefined ? null : [named as keyof Values, words];
}

function required(what: string): (value: string) => string | null {
  return (value) => (value.trim() === '' ? `Enter ${what}.` : null);
}

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
  const [error, setError] = useState<CallError | null>(null);
  const [userIdProblemNow, setUserIdProblem] = useState<string | null>(null);
  const form = useForm<Values>({
    mode: 'uncontrolled',
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
    onSubmitPreventDefault: 'always',
  });
  const add = useMutation({
    mutationFn: (values: Values) =>
      addAndSelect({
        address,
        userId: values.userId.trim(),
        name: values.name.trim(),
        keyLabel: values.keyLabel.trim(),
        setUpPodman: values.setUpPodman,
        setUpDocker: values.setUpDocker,
      }),
    onMutate: () => {
      setError(null);
    },
    onSuccess: async (context) => {
      await client.refetchQueries(contextsQuery);
      onAdded(context);
    },
    onError: (failure) => {
      const problem = fieldProblem(failure);
      if (problem === null) setError(failure);
      else {
        form.setFieldError(...problem);
        form.getInputNode(problem[0])?.focus();
      }
    },
  });
  const openDashboard = useMutation({
    mutationFn: () => valueOf(keyhold().contexts.openFoundDashboard()),
    onError: toastError,
  });
  const { error: userIdError, ...userIdInput } = form.getInputProps('userId') as {
    error?: string | null;
    defaultValue?: string;
    onChange: (event: ChangeEvent<HTMLInputElement>) => void;
  };
  const submit = form.onSubmit(
    (values) => {
      if (!add.isPending) add.mutate(values);
    },
    (errors) => {
      const first = Object.keys(errors)[0];
      if (first !== undefined) form.getInputNode(first)?.focus();
    },
  );
  return (
    <form className={css['stack']} onSubmit={submit} noValidate>
      <Card>
        <div className={css['stack']}>
          <UserIdField
            service={service}
            onOpenDashboard={openDashboard.mutate}
            autoFocus
            key={form.key('userId')}
            {...userIdInput}
            problem={userIdProblemNow ?? userIdError ?? null}
            onChange={(event: ChangeEvent<HTMLInputElement>) => {
              userIdInput.onChange(event);
              setUserIdProblem(userIdProblemSoFar(event.currentTarget.value));
            }}
          />
          <div className={css['pair']}>
            <TextInput
              label="Context name"
              description={`What you call it here, in ${String(limits.contextNameMax)} characters at most.`}
              maxLength={limits.contextNameMax}
              autoComplete="off"
              spellCheck={false}
              key={form.key('name')}
              {...form.getInputProps('name')}
            />
            <TextInput
              label="Key label"
              description="Tells your keys apart on the dashboard."
              maxLength={limits.keyLabelMax}
              autoComplete="off"
              spellCheck={false}
              key={form.key('keyLabel')}
              {...form.getInputProps('keyLabel')}
            />
          </div>
          {service.hasRegistry && (
            <>
              <Checkbox
                label={`Set up Podman for ${service.host}`}
                description="Once the key is registered. Skopeo and Buildah too. You can undo it at any time."
                key={form.key('setUpPodman')}
                {...form.getInputProps('setUpPodman', { type: 'checkbox' })}
              />
              <Checkbox
                label={`Set up Docker for ${service.host}`}
                description="Once the key is registered. You can undo it at any time."
                key={form.key('setUpDocker')}
                {...form.getInputProps('setUpDocker', { type: 'checkbox' })}
              />
            </>
          )}
        </div>
      </Card>
      {error !== null && <ErrorNotice error={error} />}
      <div className={css['foot']}>
        <Button type="submit" kind="primary" size="large" busy={add.isPending}>
          {add.isPending ? 'Making the key…' : 'Make key and continue'}
        </Button>
      </div>
    </form>
  );
}
