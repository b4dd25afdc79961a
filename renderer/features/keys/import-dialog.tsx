import { SegmentedControl, TextInput } from '@mantine/core';
import { FileKey2 } from 'lucide-react';
import { useId, useRef, useState, type ReactNode, type RefObject } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { defaultKeyAge, type KeyAge } from '../../../contracts/domain/key-expiry.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import { keyhold, valueOf, type Answer } from '../../lib/api.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { FileChoice } from '../../ui/file-choice.tsx';
import { FormFrame } from '../../ui/form.tsx';
import { useSecretForm } from '../../ui/secret-form.ts';
import { usePassphrase } from '../vault/use-passphrase.tsx';
import css from './import-dialog.module.css';
import { KeyAgeSelect } from './key-age-select.tsx';
import { KeyChoice, type KeyChoices } from './key-choice.tsx';

type ChosenFile = NonNullable<Answer<'keys', 'chooseFile'>>;

interface ImportDialogProps {
  context: ContextSummary;
  opened: boolean;
  onClose: () => void;
}

/** Takes in a private key that was made elsewhere, and goes on to its registration. */
export function ImportDialog({ context, opened, onClose }: ImportDialogProps): ReactNode {
  return (
    <Dialog opened={opened} onClose={onClose} title="Import private key" size={520}>
      <ImportForm context={context} onClose={onClose} />
    </Dialog>
  );
}

function ImportForm({ context, onClose }: Omit<ImportDialogProps, 'opened'>): ReactNode {
  const [from, setFrom] = useState<'file' | 'text'>('file');
  const [file, setFile] = useState<ChosenFile | null>(null);
  const [hasText, setHasText] = useState(false);
  const [label, setLabel] = useState('');
  const [age, setAge] = useState<KeyAge>(defaultKeyAge);
  // The key's text stays in its element and never enters React's state.
  const text = useRef<HTMLTextAreaElement>(null);
  const passphrase = usePassphrase({
    label: 'Key’s passphrase',
    hint: 'Only if the key is protected by one.',
    optional: true,
    refusals: ['import_encrypted', 'import_wrong_passphrase'],
  });
  const [asked, setAsked] = useState<{ choices: KeyChoices; pick: number | null } | null>(null);
  const navigate = useNavigate();
  const form = useSecretForm({
    secrets: { passphrase },
    send: async ({ passphrase }) => {
      const source =
        from === 'file' && file !== null
          ? { from, fileToken: file.fileToken }
          : { from: 'text' as const, text: text.current?.value ?? '' };
      const request = { contextId: context.id, label: label.trim(), age, pick: asked?.pick ?? null, source };
      const answer = await valueOf(
        keyhold().keys.import({ ...request, passphrase: passphrase === '' ? null : passphrase }),
      );
      if (answer.outcome !== 'several') return answer;
      setAsked({ choices: answer.choices, pick: null });
      return null;
    },
    onDone: async () => {
      onClose();
      await navigate('/status/register');
    },
  });
  // What was asked and refused was about the text before.
  const withdraw = (): void => {
    setAsked(null);
    form.reset();
  };
  const isGiven = from === 'file' ? file !== null : hasText;
  const ready = label.trim() !== '' && isGiven && asked?.pick !== null;
  return (
    <FormFrame
      form={form}
      action="Import key"
      busyAction="Opening the key…"
      disabled={!ready}
      onCancel={onClose}
    >
      <p className="kh-dim">
        Ed25519, as OpenSSH, PEM (PKCS#8) or JWK. The key is sealed in the vault; the file stays as it is.
      </p>
      <SegmentedControl
        aria-label="Where the key is"
        value={from}
        onChange={(chosen) => {
          setFrom(chosen);
          withdraw();
        }}
        data={[
          { value: 'file', label: 'File' },
          { value: 'text', label: 'Paste' },
        ]}
      />
      {from === 'file' ? (
        <FileChoice
          icon={FileKey2}
          file={file}
          choose={() => valueOf(keyhold().keys.chooseFile())}
          onFile={(chosen) => {
            setFile(chosen);
            withdraw();
            if (label === '') setLabel(chosen.fileName.slice(0, limits.keyLabelMax));
          }}
        />
      ) : (
        <KeyText
          field={text}
          onHasText={(has) => {
            setHasText(has);
            withdraw();
          }}
        />
      )}
      {asked !== null && <KeyChoice {...asked} onPick={(pick) => setAsked({ ...asked, pick })} />}
      {passphrase.field}
      <div className="kh-pair">
        <TextInput
          label="Key label"
          description="What you call it here."
          value={label}
          maxLength={limits.keyLabelMax}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        <KeyAgeSelect value={age} onChange={setAge} />
      </div>
    </FormFrame>
  );
}

interface KeyTextProps {
  field: RefObject<HTMLTextAreaElement | null>;
  onHasText: (has: boolean) => void;
}

/** A field for a private key: its text stays in the element. */
function KeyText({ field, onHasText }: KeyTextProps): ReactNode {
  const id = useId();
  return (
    <div className={css['text']}>
      <label htmlFor={id}>Private key</label>
      <textarea
        ref={field}
        id={id}
        rows={6}
        maxLength={limits.keyTextMax}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        placeholder="-----BEGIN OPENSSH PRIVATE KEY-----"
        onInput={(event) => onHasText(event.currentTarget.value.trim() !== '')}
      />
    </div>
  );
}
