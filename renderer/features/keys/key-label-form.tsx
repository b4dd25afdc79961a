import { TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import type { KeySummary } from '../../../contracts/domain/key.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { errorText } from '../../lib/error-text.ts';
import { Button } from '../../ui/button.tsx';
import { toastDone } from '../../ui/toast.ts';
import css from './key-sheet.module.css';

/** Renames a key, here only: the service keeps the name that it was registered with. */
export function KeyLabelForm({ shown }: { shown: KeySummary }): ReactNode {
  const [label, setLabel] = useState(shown.label);
  const rename = useMutation({
    mutationFn: () => valueOf(keyhold().keys.rename({ keyId: shown.id, label: label.trim() })),
    onSuccess: () => {
      toastDone('Key renamed');
    },
  });
  const changed = label.trim() !== '' && label.trim() !== shown.label;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (changed && !rename.isPending) rename.mutate();
  };
  const problem = rename.error && errorText(rename.error.code, rename.error.details);
  return (
    <form className={css['label']} onSubmit={submit}>
      <TextInput
        className={css['labelField']}
        label="Label"
        description="Here only. The service keeps the name it was registered with."
        value={label}
        error={problem && `${problem.title}. ${problem.advice}`}
        maxLength={limits.keyLabelMax}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          setLabel(event.currentTarget.value);
        }}
      />
      <Button type="submit" busy={rename.isPending} disabled={!changed}>
        Rename
      </Button>
    </form>
  );
}
