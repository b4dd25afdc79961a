import { useState, type ReactNode } from 'react';
import type { ClientForm } from '../../../contracts/domain/client-line.ts';
import type { MadeApiKey } from '../../../contracts/ipc/api-keys.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { useNow } from '../../lib/use-now.ts';
import { ClientLines } from '../../ui/client-lines.tsx';
import { TakeSecret } from '../../ui/take-secret.tsx';
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
  const copyAs = async (form: ClientForm): Promise<{ clearsAt: string }> => {
    const copied = await valueOf(keyhold().apiKeys.copy({ heldId, form }));
    setTaken(true);
    return copied;
  };
  return (
    <TakeSecret
      name="key"
      lead={
        <>
          <p>
            The key is made. Take it now: {context.serviceName} keeps only a hash of it, and nobody can show
            it again.
          </p>
          <p className={css['sentence']}>{keySentence(key, org.slug, now)}</p>
        </>
      }
      reveal={() => keyhold().apiKeys.reveal({ heldId })}
      copy={() => keyhold().apiKeys.copy({ heldId, form: 'raw' })}
      close={() => keyhold().apiKeys.close({ heldId })}
      taken={taken}
      onDone={onDone}
    >
      <SaveAsContext context={context} made={made} onSaved={() => setTaken(true)} />
      <ClientLines origin={context.origin} placeholder={`${key.prefix}…`} copy={copyAs} />
    </TakeSecret>
  );
}
