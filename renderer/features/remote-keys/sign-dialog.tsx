import { NativeSelect, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { keyhold, valueOf, type Answer } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogBody } from '../../ui/dialog.tsx';
import { FormFrame, useFieldForm } from '../../ui/form.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Base64Result } from './base64-result.tsx';
import { ContentField, contentOf, emptyContent, type ContentValues } from './content-field.tsx';
import type { KeyDialogProps } from './key-dialog-props.ts';
import { SigningTermsFields, usualTerms, type SigningTerms } from './signing-terms.tsx';

type Signed = NonNullable<Answer<'remoteKeys', 'sign'>>;

/** Has a text or a file signed, and shows the signature. */
export function SignDialog(props: KeyDialogProps): ReactNode {
  const [signed, setSigned] = useState<Signed | null>(null);
  return (
    <Dialog opened onClose={props.onClose} title={`Sign with ${props.keyId}`} size={560}>
      {signed === null ? (
        <SignForm {...props} onSigned={setSigned} />
      ) : (
        <DialogBody
          buttons={
            <>
              <Button onClick={() => setSigned(null)}>Sign another</Button>
              <Button kind="primary" onClick={props.onClose}>
                Done
              </Button>
            </>
          }
        >
          <Notice tone="good" title={`Signed by generation ${String(signed.generation)}`}>
            {signed.fileName === null ? 'The text' : `The file ${signed.fileName}`}, with {signed.scheme}.
          </Notice>
          <Base64Result name="Signature" base64={signed.signature} autoFocus />
        </DialogBody>
      )}
    </Dialog>
  );
}

interface Values extends ContentValues {
  terms: SigningTerms;
  authority: string;
}

function SignForm({
  context,
  keyId,
  known,
  onSigned,
  onClose,
}: KeyDialogProps & { onSigned: (signed: Signed) => void }): ReactNode {
  const algorithm = known?.algorithm ?? null;
  const authorities = known?.authorities ?? [];
  const form = useFieldForm<Values, Signed | null>({
    initialValues: { ...emptyContent, terms: usualTerms(algorithm), authority: authorities[0] ?? '' },
    validate: { authority: (text) => (text.trim() === '' ? 'Enter who has it signed.' : null) },
    send: ({ authority, terms, ...content }) =>
      valueOf(
        keyhold().remoteKeys.sign({
          ...{ contextId: context.id, keyId, content: contentOf(content) },
          ...{ ...terms, authority: authority.trim() },
        }),
      ),
    onDone: (signed) => {
      if (signed !== null) onSigned(signed);
    },
  });
  const { values, getInputProps, setFieldValue } = form.fields;
  const byFile = values.from === 'file';
  return (
    <FormFrame
      form={form}
      action={byFile ? 'Choose file and sign…' : 'Sign'}
      busyAction="Signing…"
      onCancel={onClose}
    >
      <ContentField
        {...values}
        done="signed"
        onFrom={(from) => setFieldValue('from', from)}
        inputProps={getInputProps('text')}
      />
      <SigningTermsFields
        algorithm={algorithm}
        terms={values.terms}
        onChange={(terms) => setFieldValue('terms', terms)}
      />
      {authorities.length > 1 ? (
        <NativeSelect
          label="Authority"
          description="In whose name it is signed."
          data={[...authorities]}
          {...getInputProps('authority')}
        />
      ) : (
        <TextInput
          label="Authority"
          description="In whose name it is signed, as the service calls it."
          maxLength={255}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          {...getInputProps('authority')}
        />
      )}
    </FormFrame>
  );
}
