import { useState, type ReactNode } from 'react';
import { keyhold, valueOf, type Answer } from '../../lib/api.ts';
import { bytesText } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogBody } from '../../ui/dialog.tsx';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { Notice } from '../../ui/notice.tsx';
import { TextBlock } from '../../ui/sheet.tsx';
import { Base64Field } from './base64-field.tsx';
import { GenerationField, generationOf } from './generation-field.tsx';
import type { KeyDialogProps } from './key-dialog-props.ts';
import css from './remote-keys.module.css';
import { SwitchLine } from './switch-line.tsx';

interface Values {
  ciphertext: string;
  generation: string;
  to: 'text' | 'file';
}

type Decrypted = NonNullable<Answer<'remoteKeys', 'decrypt'>>;

/** Has something decrypted, and shows it or saves it to a file. It is gone from the window when the dialog closes. */
export function DecryptDialog({ context, keyId, generations, onClose }: KeyDialogProps): ReactNode {
  const [decrypted, setDecrypted] = useState<Decrypted | null>(null);
  const form = useFieldForm<Values, Decrypted | null>({
    initialValues: { ciphertext: '', generation: '', to: 'text' },
    validate: { ciphertext: (text) => (text.trim() === '' ? 'Paste what is to be decrypted.' : null) },
    fieldOf: ({ code }) => (code === 'not_base64' ? 'ciphertext' : undefined),
    rules: { ciphertext: 'That is no base64, or more than the service takes.' },
    send: ({ ciphertext, generation, to }) =>
      valueOf(
        keyhold().remoteKeys.decrypt({
          ...{ contextId: context.id, keyId, to },
          ...{ ciphertext: ciphertext.trim(), generation: generationOf(generation) },
        }),
      ),
    onDone: setDecrypted,
  });
  const { values, getInputProps, setFieldValue } = form.fields;
  return (
    <Dialog opened onClose={onClose} title={`Decrypt by ${keyId}`} size={560}>
      {decrypted === null ? (
        <FormFrame
          form={form}
          action={values.to === 'file' ? 'Choose file and decrypt…' : 'Decrypt'}
          busyAction="Decrypting…"
          onCancel={onClose}
        >
          <Base64Field
            label="Ciphertext"
            description="In base64, as it was given when it was encrypted."
            rows={4}
            autoFocus
            inputProps={getInputProps('ciphertext')}
          />
          <GenerationField generations={generations} inputProps={getInputProps('generation')} />
          <SwitchLine
            label="Where it goes"
            value={values.to}
            options={[
              { value: 'text', label: 'Show it here' },
              { value: 'file', label: 'To a file' },
            ]}
            onChange={(to) => setFieldValue('to', to)}
          />
        </FormFrame>
      ) : (
        <DialogBody
          buttons={
            <>
              <Button onClick={() => setDecrypted(null)}>Back</Button>
              <Button kind="primary" onClick={onClose} autoFocus>
                Done
              </Button>
            </>
          }
        >
          <Plain {...decrypted} />
        </DialogBody>
      )}
    </Dialog>
  );
}

function Plain({ text, bytes, fileName }: Decrypted): ReactNode {
  if (fileName !== null) {
    return (
      <Notice tone="good" title={`Saved as ${fileName}`}>
        {bytesText(bytes)}, which you alone can read there.
      </Notice>
    );
  }
  if (text === null) {
    return (
      <Notice tone="warning" title="It cannot be shown here">
        {bytesText(bytes)} were decrypted, which are no text, or too long a one. Go back and choose “To a
        file”.
      </Notice>
    );
  }
  return (
    <>
      <p>{bytesText(bytes)}. Keyhold lets go of it when you close this.</p>
      <div className={css['result']}>
        <TextBlock label="Decrypted text">{text}</TextBlock>
      </div>
    </>
  );
}
