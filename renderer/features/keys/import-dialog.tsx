import { SegmentedControl, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { FileKey2 } from 'lucide-react';
import { useId, useRef, useState, type ReactNode, type RefObject, type SyntheticEvent } from 'react';
import { useNavigate } from 'react-router';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { defaultKeyAge, type KeyAge } from '../../../contracts/domain/key-expiry.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import { keyhold, valueOf, type Answer } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import dialogCss from '../../ui/dialog.module.css';
import { Dialog } from '../../ui/dialog.tsx';
import { FileChoice } from '../../ui/file-choice.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { PassphraseField } from '../vault/passphrase-field.tsx';
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
  // Secrets stay in their elements and never enter React's state.
  const text = useRef<HTMLTextAreaElement>(null);
  const passphrase = useRef<HTMLInputElement>(null);
  const [asked, setAsked] = useState<{ choices: KeyChoices; pick: number | null } | null>(null);
  const run = useImport(onClose, {
    several: (choices) => {
      setAsked({ choices, pick: null });
    },
    closed: () => {
      passphrase.current?.focus();
      passphrase.current?.select();
    },
  });
  // Another text is another question, and nothing that was said of the one before is true of it.
  const withdraw = (): void => {
    setAsked(null);
    if (run.isError) run.reset();
  };
  const isGiven = from === 'file' ? file !== null : hasText;
  const ready = label.trim() !== '' && isGiven && asked?.pick !== null;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (!ready || run.isPending) return;
    const source =
      from === 'file' && file !== null
        ? { from: 'file' as const, fileToken: file.fileToken }
        : { from: 'text' as const, text: text.current?.value ?? '' };
    const typed = passphrase.current?.value ?? '';
    const request = { contextId: context.id, label: label.trim(), age, pick: asked?.pick ?? null };
    run.mutate({ ...request, source, passphrase: typed === '' ? null : typed });
  };
  return (
    <form className={dialogCss['body']} onSubmit={submit}>
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
      {asked !== null && (
        <KeyChoice
          {...asked}
          onPick={(pick) => {
            setAsked({ ...asked, pick });
          }}
        />
      )}
      <PassphraseField
        ref={passphrase}
        label="Key’s passphrase"
        autoComplete="current-password"
        hint="Only if the key is protected by one."
      />
      <div className={css['pair']}>
        <TextInput
          label="Key label"
          description="What you call it here."
          value={label}
          maxLength={limits.keyLabelMax}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setLabel(event.currentTarget.value);
          }}
        />
        <KeyAgeSelect value={age} onChange={setAge} />
      </div>
      {run.isError && <ErrorNotice error={run.error} />}
      <div className={dialogCss['foot']}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" busy={run.isPending} disabled={!ready}>
          {run.isPending ? 'Opening the key…' : 'Import key'}
        </Button>
      </div>
    </form>
  );
}

type ImportRequest = Parameters<ReturnType<typeof keyhold>['keys']['import']>[0];

interface ImportQuestions {
  /** There are several keys. */
  several: (choices: KeyChoices) => void;
  /** The key’s passphrase is missing or wrong. */
  closed: () => void;
}

function useImport(onClose: () => void, ask: ImportQuestions) {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (request: ImportRequest) => valueOf(keyhold().keys.import(request)),
    // What was sent shall not stay behind in the cache of mutations.
    gcTime: 0,
    onSuccess: async (answer) => {
      if (answer.outcome === 'several') {
        ask.several(answer.choices);
        return;
      }
      onClose();
      await navigate('/status/register');
    },
    onError: ({ code }) => {
      if (code === 'import_encrypted' || code === 'import_wrong_passphrase') ask.closed();
    },
  });
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
        onInput={(event) => {
          onHasText(event.currentTarget.value.trim() !== '');
        }}
      />
    </div>
  );
}
