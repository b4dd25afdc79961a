import { useState, type ReactNode } from 'react';
import { keyhold, valueOf, type Answer } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogBody } from '../../ui/dialog.tsx';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Base64Result } from './base64-result.tsx';
import { ContentField, contentOf, emptyContent, type ContentValues } from './content-field.tsx';
import type { KeyDialogProps } from './key-dialog-props.ts';

type Encrypted = NonNullable<Answer<'remoteKeys', 'encrypt'>>;

/** Has a text or a file encrypted to a key, and shows what came of it. */
export function EncryptDialog({ context, keyId, onClose }: KeyDialogProps): ReactNode {
  const [encrypted, setEncrypted] = useState<Encrypted | null>(null);
  const form = useFieldForm<ContentValues, Encrypted | null>({
    initialValues: emptyContent,
    send: (content) =>
      valueOf(keyhold().remoteKeys.encrypt({ contextId: context.id, keyId, content: contentOf(content) })),
    onDone: setEncrypted,
  });
  const { values, getInputProps, setFieldValue, reset } = form.fields;
  const again = (): void => {
    reset();
    setEncrypted(null);
  };
  return (
    <Dialog opened onClose={onClose} title={`Encrypt to ${keyId}`} size={560}>
      {encrypted === null ? (
        <FormFrame
          form={form}
          action={values.from === 'file' ? 'Choose file and encrypt…' : 'Encrypt'}
          busyAction="Encrypting…"
          onCancel={onClose}
        >
          <ContentField
            {...values}
            done="encrypted"
            onFrom={(from) => setFieldValue('from', from)}
            inputProps={getInputProps('text')}
          />
        </FormFrame>
      ) : (
        <DialogBody
          buttons={
            <>
              <Button onClick={again}>Encrypt another</Button>
              <Button kind="primary" onClick={onClose}>
                Done
              </Button>
            </>
          }
        >
          <Notice tone="good" title={`Encrypted to generation ${String(encrypted.generation)}`}>
            {encrypted.fileName === null ? 'The text' : `The file ${encrypted.fileName}`}. Who may decrypt by{' '}
            {keyId} can read it, for as long as that generation is not destroyed.
          </Notice>
          <Base64Result name="Ciphertext" base64={encrypted.ciphertext} autoFocus />
        </DialogBody>
      )}
    </Dialog>
  );
}
