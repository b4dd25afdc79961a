import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { keyIdMax, keyIdPattern } from '../../../contracts/permissions/operations.ts';
import { Button } from '../../ui/button.tsx';
import { useFieldForm } from '../../ui/form.tsx';
import { Card } from '../../ui/page.tsx';
import css from './remote-keys.module.css';

/** Opens a key that is on no list, by its id. */
export function OpenById({ onOpen }: { onOpen: (keyId: string) => void }): ReactNode {
  const { fields, submit } = useFieldForm({
    initialValues: { keyId: '' },
    validate: {
      keyId: (text) =>
        keyIdPattern.test(text.trim())
          ? null
          : 'Enter a key’s id: lower-case letters and digits with hyphens between them, and one colon at most.',
    },
    send: ({ keyId }) => Promise.resolve(keyId.trim()),
    onDone: onOpen,
  });
  return (
    <Card>
      <form className={css['openById']} aria-label="Open a key by its id" onSubmit={submit} noValidate>
        <TextInput
          label="Key id"
          description="Whoever runs the service, or your rules, can tell it."
          placeholder="custody:btc-prod"
          maxLength={keyIdMax}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          {...fields.getInputProps('keyId')}
        />
        <Button type="submit" size="large">
          Open key
        </Button>
      </form>
    </Card>
  );
}
