import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { KeySummary } from '../../../contracts/domain/key.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { useFieldForm } from '../../ui/form.tsx';
import { toastDone } from '../../ui/toast.ts';
import css from './key-sheet.module.css';

/** Renames a key, here only: the service keeps the name that it was registered with. */
export function KeyLabelForm({ shown }: { shown: KeySummary }): ReactNode {
  const form = useFieldForm({
    initialValues: { label: shown.label },
    fieldOf: () => 'label',
    send: ({ label }) => valueOf(keyhold().keys.rename({ keyId: shown.id, label: label.trim() })),
    onDone: () => {
      toastDone('Key renamed');
    },
  });
  const label = form.fields.values.label.trim();
  const changed = label !== '' && label !== shown.label;
  return (
    <form className={css['label']} onSubmit={form.submit} noValidate>
      <TextInput
        {...form.fields.getInputProps('label')}
        className={css['labelField']}
        label="Label"
        description="Here only. The service keeps the name it was registered with."
        maxLength={limits.keyLabelMax}
        autoComplete="off"
        spellCheck={false}
      />
      <Button type="submit" busy={form.busy} disabled={!changed}>
        Rename
      </Button>
    </form>
  );
}
