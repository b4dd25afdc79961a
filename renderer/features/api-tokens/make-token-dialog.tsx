import { useState, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold } from '../../lib/api.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { TakeSecret } from '../../ui/take-secret.tsx';
import { MakeTokenForm, type MadeToken } from './make-token-form.tsx';

interface MakeTokenDialogProps {
  context: ContextSummary;
  onClose: () => void;
}

/** Makes an API token, and hands it out. */
export function MakeTokenDialog({ context, onClose }: MakeTokenDialogProps): ReactNode {
  const [made, setMade] = useState<MadeToken | null>(null);
  if (made === null) {
    return (
      <Dialog opened onClose={onClose} title="New API token" size={620}>
        <MakeTokenForm context={context} onMade={setMade} onClose={onClose} />
      </Dialog>
    );
  }
  const held = { heldId: made.heldId };
  return (
    <Dialog opened held onClose={() => undefined} title={made.name} size={520}>
      <TakeSecret
        name="token"
        lead={
          <>
            <p>
              {`The token is made. Take it now: ${context.serviceName} keeps only a hash of it, and nobody can show it again.`}
            </p>
            <p className="kh-dim">{made.sentence}</p>
          </>
        }
        reveal={() => keyhold().toldSecrets.reveal(held)}
        copy={() => keyhold().toldSecrets.copy(held)}
        close={() => keyhold().toldSecrets.close(held)}
        onDone={onClose}
      />
    </Dialog>
  );
}
