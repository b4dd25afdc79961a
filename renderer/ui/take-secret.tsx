import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { Result } from '../../contracts/errors.ts';
import { valueOf } from '../lib/api.ts';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { DialogBody } from './dialog.tsx';
import { ErrorNotice } from './notice.tsx';
import { Secret, useReveal } from './secret.tsx';

interface TakeSecretProps {
  /** What it is, for buttons: “key”. */
  name: string;
  /** What it is and what it can do. */
  lead: ReactNode;
  /** Asks main for it: once. */
  reveal: () => Promise<Result<{ secret: string }>>;
  copy: () => Promise<Result<{ clearsAt: string }>>;
  /** Has main let go of it. */
  close: () => Promise<Result<unknown>>;
  /** It was taken in another way, by what is in `children`. */
  taken?: boolean;
  onDone: () => void;
  /** Further ways to take it. */
  children?: ReactNode;
}

/** A secret that is told once, to be taken: for a `held` dialog, as only its button closes it. */
export function TakeSecret(props: TakeSecretProps): ReactNode {
  const { name, lead, reveal, copy, close, taken = false, onDone, children } = props;
  const [copied, setCopied] = useState(false);
  const { shown, wasShown, error } = useReveal(async () => (await valueOf(reveal())).secret);
  const letGo = useMutation({ mutationFn: () => valueOf(close()), onSettled: onDone });
  const isTaken = taken || copied || wasShown || shown.text !== null;
  return (
    <DialogBody
      buttons={
        <Button kind={isTaken ? 'primary' : 'danger'} call={letGo}>
          {isTaken ? 'Done' : `Close without the ${name}`}
        </Button>
      }
    >
      {lead}
      <Secret name={name} canReveal={!wasShown} {...shown} />
      {wasShown && <p className="kh-dim">It was shown once. Copying still works until you close this.</p>}
      {error !== null && <ErrorNotice error={error} />}
      <div className="kh-row">
        <CopyButton
          label={`Copy ${name}`}
          kind={isTaken ? 'default' : 'primary'}
          copy={async () => {
            const answer = await valueOf(copy());
            setCopied(true);
            return answer;
          }}
        />
      </div>
      {children}
    </DialogBody>
  );
}
