import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';

interface MakeKeyFormProps<Made> {
  /** What the key will be for. */
  children: ReactNode;
  /** What the label is good for. */
  hint: string;
  /** What stands in the field at first. */
  label?: string;
  /** Further fields. */
  more?: ReactNode;
  /** The words of its button. */
  action: string;
  make: (label: string) => Promise<Made>;
  onMade: (made: Made) => unknown;
  onClose: () => void;
}

/** Asks for a new key's label, in a dialog, and makes the key. */
export function MakeKeyForm<Made>(props: MakeKeyFormProps<Made>): ReactNode {
  const { children, hint, label = '', more, action, make, onMade, onClose } = props;
  const form = useFieldForm({
    initialValues: { label },
    send: (values) => make(values.label.trim()),
    onDone: onMade,
  });
  const isEmpty = form.fields.values.label.trim() === '';
  return (
    <FormFrame form={form} action={action} disabled={isEmpty} onCancel={onClose}>
      <p>{children}</p>
      <TextInput
        {...form.fields.getInputProps('label')}
        label="Key label"
        description={hint}
        maxLength={limits.keyLabelMax}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
      />
      {more}
    </FormFrame>
  );
}
