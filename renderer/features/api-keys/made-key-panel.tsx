import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { ClientForm } from '../../../contracts/domain/client-line.ts';
import type { MadeApiKey } from '../../../contracts/ipc/api-keys.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { ClientLines } from '../../ui/client-lines.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { DialogBody } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Secret, useReveal } from '../../ui/secret.tsx';
import type { InOrgPlace } from '../orgs/in-org.tsx';
import css from './api-keys.module.css';
import { SaveAsContext } from './save-as-context.tsx';
import { keySentence } from './key-words.ts';

interface MadeKeyPanelProps extends InOrgPlace {
  made: MadeApiKey;
  onDone: () => void;
}

/** A new key, to be taken: only its buttons close it, because nobody sees it again. */
export function MadeKeyPanel({ context, org, made, onDone }: MadeKeyPanelProps): ReactNode {
  const { heldId, key } = made;
  const now = useNow(60_000);
  const [taken, setTaken] = useState(false);
  const { shown, wasShown, error } = useReveal(
    async () => (await valueOf(keyhold().apiKeys.reveal({ heldId }))).secret,
  );
  const close = useMutation({
    mutationFn: () => valueOf(keyhold().apiKeys.close({ heldId })),
    onSettled: onDone,
  });
  const copy = async (form: ClientForm): Promise<{ clearsAt: string }> => {
    const copied = await valueOf(keyhold().apiKeys.copy({ heldId, form }));
    setTaken(true);
    return copied;
  };
  const isTaken = taken || wasShown || shown.text !== null;
  return (
    <DialogBody
      buttons={
        <Button kind={isTaken ? 'primary' : 'danger'} call={close}>
          {isTaken ? 'Done' : 'Close without the key'}
        </Button>
      }
    >
      <p>
        The key is made. Take it now: {context.serviceName} keeps only a hash of it, and nobody can show it
        again.
      </p>
      <p className={css['sentence']}>{keySentence(key, org.slug, now)}</p>
      <Secret name="key" canReveal={!wasShown} {...shown} />
      {wasShown && (
        <p className={css['hint']}>It was shown once. Copying still works until you close this.</p>
      )}
      {error !== null && <ErrorNotice error={error} />}
      <div className="kh-row">
        <CopyButton label="Copy key" kind={isTaken ? 'default' : 'primary'} copy={() => copy('raw')} />
      </div>
      <SaveAsContext context={context} made={made} onSaved={() => setTaken(true)} />
      <ClientLines origin={context.origin} placeholder={`${key.prefix}…`} copy={copy} />
    </DialogBody>
  );
}
