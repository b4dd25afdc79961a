import { NativeSelect, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { PermissionSummary, ServiceRepository } from '../../../contracts/ipc/permissions.ts';
import type { RepositoryAction } from '../../../contracts/server-api/repositories.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { shortDate } from '../../lib/format.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { LabelledGroup } from '../../ui/labelled-group.tsx';
import { toastDone } from '../../ui/toast.ts';
import { dateField, endOf, ends, type End } from '../../lib/ends.ts';
import { outdateAccess } from '../access/model/list-queries.ts';
import css from './grants.module.css';
import { actionWords, permissionSentence, toggled } from './permission-words.ts';
import { PrincipalChoice } from './principal-choice.tsx';
import { isOurs, type Principal } from './principals.ts';
import { permissionsQuery } from './queries.ts';

interface PermissionFormProps {
  context: ContextSummary;
  repository: ServiceRepository;
  /** All that there are on the repository. */
  given: readonly PermissionSummary[];
  /** The one to change; null for another one. */
  changed: PermissionSummary | null;
  onClose: () => void;
}

interface Values {
  to: Principal | null;
  actions: readonly RepositoryAction[];
  /** `keep`: as it is. */
  end: End | 'keep';
  date: string;
}

const day = 86_400_000;

/** Gives a permission on a repository, or has one allow something else. */
export function PermissionForm(props: PermissionFormProps): ReactNode {
  const { context, repository, given, changed, onClose } = props;
  const [now] = useState(Date.now);
  const client = useQueryClient();
  const form = useFieldForm<Values, PermissionSummary>({
    initialValues: valuesOf(changed, now),
    validate: {
      to: (to) => (to === null ? 'Choose who gets it.' : null),
      actions: (actions) => (actions.length === 0 ? 'Choose what it allows.' : null),
      date: (date) => (endOf('date', date, now) === null ? 'Choose a day.' : null),
    },
    fieldOf: ({ code }, { end }) => {
      if (code === 'nobody_found' || code === 'permission_there') return 'to';
      if (code !== 'expiry_passed') return undefined;
      return end === 'date' ? 'date' : 'end';
    },
    send: (values) => {
      const place = { contextId: context.id, repositoryId: repository.id };
      const terms = { actions: [...values.actions], expiresAt: endFor(values, changed, Date.now()) };
      const answer =
        changed === null
          ? keyhold().permissions.grant({ ...place, to: toOf(values.to), ...terms })
          : keyhold().permissions.change({ ...place, ...idOf(changed), ...terms });
      // What is refused may be so because others changed something.
      const reread = () =>
        Promise.all([
          client.invalidateQueries(permissionsQuery(context.id, repository.id)),
          outdateAccess(client, context.id),
        ]);
      return valueOf(answer).finally(reread);
    },
    onDone: async (_done, values) => {
      await client.invalidateQueries({ queryKey: ['bots', context.id] });
      toastDone(sentenceFor(values, props, Date.now()), 'This holds from now on, tokens included.');
      onClose();
    },
  });
  const { values, errors, setFieldValue, getInputProps } = form.fields;
  const complete = values.to !== null && values.actions.length > 0;
  return (
    <FormFrame
      form={form}
      label={changed === null ? 'Give permission' : 'Change permission'}
      action={changed === null ? 'Give permission' : 'Save'}
      busyAction={changed === null ? 'Giving it…' : 'Saving…'}
      onCancel={onClose}
      {...(complete && { sentence: { label: 'What it allows', words: sentenceFor(values, props, now) } })}
    >
      {changed === null && (
        <PrincipalChoice
          context={context}
          repository={repository}
          given={given}
          chosen={values.to}
          problem={errors['to']}
          onChange={(to) => {
            form.fields.clearFieldError('to');
            setFieldValue('to', to);
          }}
        />
      )}
      <ActionChoice
        chosen={values.actions}
        problem={errors['actions']}
        onChange={(actions) => setFieldValue('actions', actions)}
      />
      {isOurs(repository) && (
        <div className="kh-pair">
          <NativeSelect label="It ends" data={[...keptEnd(changed), ...ends]} {...getInputProps('end')} />
          {values.end === 'date' && (
            <TextInput label="Last day" type="date" min={dateField(now)} {...getInputProps('date')} />
          )}
        </div>
      )}
    </FormFrame>
  );
}

/** When what is chosen ends, RFC 3339; null for no end. `at` in ms. */
function endFor({ end, date }: Values, changed: PermissionSummary | null, at: number): string | null {
  return end === 'keep' ? (changed?.expiresAt ?? null) : endOf(end, date, at);
}

function sentenceFor(
  values: Values,
  { repository, changed }: Pick<PermissionFormProps, 'repository' | 'changed'>,
  at: number,
): string {
  const { to, actions } = values;
  const ends = { expiresAt: endFor(values, changed, at), now: at };
  return permissionSentence(to?.name ?? '', actions, repository.name, ends);
}

function keptEnd(changed: PermissionSummary | null): { value: string; label: string }[] {
  const end = changed?.expiresAt ?? null;
  return end === null ? [] : [{ value: 'keep', label: `${shortDate(end)}, as now` }];
}

function valuesOf(changed: PermissionSummary | null, now: number): Values {
  const date = dateField(now + 30 * day);
  if (changed === null) return { to: null, actions: ['read'], end: 'none', date };
  const { principal, actions, expiresAt } = changed;
  const name = principal.name ?? principal.id;
  return {
    to: { kind: idOf(changed).principal.kind, id: principal.id, name, note: null },
    actions: toggledAll(actions),
    end: expiresAt === null ? 'none' : 'keep',
    date,
  };
}

/** The known ones of a permission: admin with all that it means. */
function toggledAll(actions: readonly string[]): RepositoryAction[] {
  return actionWords
    .filter(({ action }) => actions.includes(action))
    .reduce<RepositoryAction[]>((chosen, { action }) => toggled(chosen, action, true), []);
}

function idOf({ id, principal }: PermissionSummary) {
  // One of another kind is not offered to be changed.
  const kind = principal.kind === 'other' ? 'user' : principal.kind;
  return { permissionId: id, principal: { kind, id: principal.id } };
}

function toOf(to: Principal | null) {
  if (to === null) throw new Error('Nobody is chosen.');
  return to.id === null ? { kind: 'user' as const, email: to.name } : { kind: to.kind, id: to.id };
}

interface ActionChoiceProps {
  chosen: readonly RepositoryAction[];
  /** What is wrong with it, in words. */
  problem?: ReactNode;
  onChange: (chosen: RepositoryAction[]) => void;
}

function ActionChoice({ chosen, problem, onChange }: ActionChoiceProps): ReactNode {
  return (
    <LabelledGroup label="It allows" problem={problem}>
      <div className={css['actions']}>
        {actionWords.map(({ action, label, hint }) => (
          <Checkbox
            key={action}
            label={label}
            hint={hint}
            checked={chosen.includes(action)}
            onChange={(on) => onChange(toggled(chosen, action, on))}
          />
        ))}
      </div>
    </LabelledGroup>
  );
}
