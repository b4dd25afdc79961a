import { useState, type ReactNode } from 'react';
import { keyhold, valueOf, type Answer } from '../../lib/api.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { bringIntoSight, FormFrame, useFieldForm } from '../../ui/form.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Base64Field } from './base64-field.tsx';
import { ContentField, contentOf, emptyContent, type ContentValues } from './content-field.tsx';
import { GenerationField, generationOf } from './generation-field.tsx';
import type { KeyDialogProps } from './key-dialog-props.ts';
import { SigningTermsFields, usualTerms, type SigningTerms } from './signing-terms.tsx';

interface Values extends ContentValues {
  terms: SigningTerms;
  signature: string;
  /** Empty for the current one. */
  generation: string;
}

type Verified = NonNullable<Answer<'remoteKeys', 'verify'>>;

/** Asks the service whether a signature was made by a key. */
export function VerifyDialog(props: KeyDialogProps): ReactNode {
  return (
    <Dialog opened onClose={props.onClose} title={`Verify by ${props.keyId}`} size={560}>
      <VerifyForm {...props} />
    </Dialog>
  );
}

function VerifyForm({ context, keyId, known, generations, onClose }: KeyDialogProps): ReactNode {
  const algorithm = known?.algorithm ?? null;
  /** What was found, and of what: it says nothing of what is in the fields since. */
  const [found, setFound] = useState<{ verified: Verified; of: Values } | null>(null);
  const form = useFieldForm<Values, Verified | null>({
    initialValues: { ...emptyContent, terms: usualTerms(algorithm), signature: '', generation: '' },
    validate: { signature: (text) => (text.trim() === '' ? 'Paste the signature.' : null) },
    fieldOf: ({ code }) => (code === 'not_base64' ? 'signature' : undefined),
    rules: { signature: 'That is no base64, or too long for a signature.' },
    send: ({ terms, signature, generation, ...content }) =>
      valueOf(
        keyhold().remoteKeys.verify({
          ...{ contextId: context.id, keyId, content: contentOf(content), ...terms },
          ...{ signature: signature.trim(), generation: generationOf(generation) },
        }),
      ),
    onDone: (verified, of) => {
      setFound(verified && { verified, of });
    },
  });
  const { values, getInputProps, setFieldValue } = form.fields;
  const isCurrent = found !== null && !form.busy && isSame(found.of, values);
  return (
    <FormFrame
      form={form}
      action={values.from === 'file' ? 'Choose file and verify…' : 'Verify'}
      busyAction="Verifying…"
      onCancel={onClose}
    >
      {/* Above the fields: below them, nobody would see it in a low window. */}
      {isCurrent && (
        <div ref={bringIntoSight}>
          <Verdict {...found.verified} keyId={keyId} />
        </div>
      )}
      <ContentField
        {...values}
        done="verified"
        onFrom={(from) => setFieldValue('from', from)}
        inputProps={getInputProps('text')}
      />
      <Base64Field
        label="Signature"
        description="In base64, as it was given when it was made."
        rows={3}
        inputProps={getInputProps('signature')}
      />
      <SigningTermsFields
        algorithm={algorithm}
        terms={values.terms}
        onChange={(terms) => setFieldValue('terms', terms)}
      />
      <GenerationField generations={generations} inputProps={getInputProps('generation')} />
    </FormFrame>
  );
}

function Verdict({ valid, fileName, keyId }: Verified & { keyId: string }): ReactNode {
  const what = fileName ?? 'this text';
  return valid ? (
    <Notice tone="good" title="The signature is genuine">
      {keyId} signed {what}, and nobody changed it since.
    </Notice>
  ) : (
    <Notice tone="error" title="The signature does not fit">
      It is of another text or key, or one of the two was changed. A text must be the same to the last space
      and line break; scheme and hash must be those that it was signed with.
    </Notice>
  );
}

function isSame(one: Values, other: Values): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
