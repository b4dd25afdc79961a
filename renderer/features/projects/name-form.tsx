import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { NameRule } from '../../../contracts/domain/project-names.ts';
import type { ErrorCode } from '../../../contracts/errors.ts';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { useOpenedField } from '../../ui/use-opened-field.ts';
import { nameCheck } from './names.ts';

interface NameFormProps {
  /** What the form is for. */
  label: string;
  field: string;
  action: string;
  /** What the field holds at first. */
  initial?: string;
  rule: NameRule;
  /** The code of a name that is taken. */
  taken?: ErrorCode;
  /** Has main take it. */
  send: (name: string) => Promise<unknown>;
  onDone: (name: string) => unknown;
  onCancel?: () => void;
}

/** A form of one name. */
export function NameForm(props: NameFormProps): ReactNode {
  const { label, field, action, initial = '', rule, taken, send, onDone, onCancel } = props;
  const input = useOpenedField();
  const form = useFieldForm({
    initialValues: { name: initial },
    validate: { name: nameCheck(rule) },
    fieldOf: ({ code }) => (code === taken ? 'name' : undefined),
    send: ({ name }) => send(name.trim()),
    onDone: (_done, { name }) => onDone(name.trim()),
  });
  const { name } = form.fields.values;
  return (
    <FormFrame
      form={form}
      label={label}
      action={action}
      disabled={name.trim() === initial}
      {...(onCancel && { onCancel })}
    >
      <TextInput
        ref={input}
        label={field}
        maxLength={rule.max}
        autoComplete="off"
        spellCheck={false}
        {...form.fields.getInputProps('name')}
      />
    </FormFrame>
  );
}
