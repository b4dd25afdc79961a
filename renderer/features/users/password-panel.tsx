import type { ReactNode } from 'react';
import { keyhold } from '../../lib/api.ts';
import { TakeSecret } from '../../ui/take-secret.tsx';

interface PasswordPanelProps {
  heldId: string;
  /** User name of whose password it is. */
  username: string;
  onDone: () => void;
}

/** A password that the service told once, to be handed to its user. */
export function PasswordPanel({ heldId, username, onDone }: PasswordPanelProps): ReactNode {
  const held = { heldId };
  return (
    <TakeSecret
      name="password"
      lead={
        <p>
          {`Hand it to ${username} now: nobody can show it again. It opens nothing until ${username} has chosen another one at the first sign-in.`}
        </p>
      }
      reveal={() => keyhold().toldSecrets.reveal(held)}
      copy={() => keyhold().toldSecrets.copy(held)}
      close={() => keyhold().toldSecrets.close(held)}
      onDone={onDone}
    />
  );
}
