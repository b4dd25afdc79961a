import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { BotCredential } from '../../../contracts/ipc/bots.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { DialogBody } from '../../ui/dialog.tsx';
import { Fingerprint } from '../../ui/fingerprint.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import css from './bots.module.css';

interface CredentialPanelProps {
  credential: BotCredential;
  onDone: () => void;
}

/** A bot's credential, to be saved or copied. Only its buttons close it, because it is shown once. */
export function CredentialPanel({ credential, onDone }: CredentialPanelProps): ReactNode {
  const { credentialId, fingerprint, variables } = credential;
  const [savedAs, setSavedAs] = useState<string | null>(null);
  const [copied, setCopied] = useState(false);
  const save = useMutation({
    mutationFn: () => valueOf(keyhold().bots.saveCredential({ credentialId })),
    onSuccess: (saved) => {
      if (saved !== null) setSavedAs(saved.fileName);
    },
  });
  const close = useMutation({
    mutationFn: () => valueOf(keyhold().bots.closeCredential({ credentialId })),
    onSettled: onDone,
  });
  const taken = savedAs !== null || copied;
  return (
    <DialogBody
      buttons={
        <Button kind={taken ? 'primary' : 'danger'} call={close}>
          {taken ? 'Done' : 'Close without the credential'}
        </Button>
      }
    >
      <p>
        The key is registered. Save its credential or copy it now: once you close this, its private key is
        gone from Keyhold.
      </p>
      <Fingerprint fingerprint={fingerprint} />
      <dl className={css['variables']} aria-label="Environment variables">
        {variables.map(({ name, value }) => (
          <Variable key={name} name={name} value={value} />
        ))}
      </dl>
      <div className="kh-row">
        <Button kind={taken ? 'default' : 'primary'} icon={<Download />} call={save}>
          Save file…
        </Button>
        <CopyButton
          label="Copy variables"
          copy={async () => {
            const answer = await valueOf(keyhold().bots.copyCredential({ credentialId }));
            setCopied(true);
            return answer;
          }}
        />
      </div>
      {save.isError && <ErrorNotice error={save.error} />}
      {savedAs !== null && (
        <Notice tone="good" title={`Saved as ${savedAs}`}>
          You alone can read the file. Move its lines to where your CI keeps secrets, then delete it.
        </Notice>
      )}
    </DialogBody>
  );
}

function Variable({ name, value }: BotCredential['variables'][number]): ReactNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {value ?? (
          <span role="img" aria-label="The private key is hidden">
            {'•'.repeat(24)}
          </span>
        )}
      </dd>
    </>
  );
}
