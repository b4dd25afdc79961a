import { Eye, EyeOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import css from './secret.module.css';

interface SecretProps {
  /** What it is, for the button's name: “token”. */
  name: string;
  /** The secret while it is shown, else null. */
  text: string | null;
  onReveal: () => void;
  onHide: () => void;
  /** False once it cannot be shown any more. */
  canReveal?: boolean;
  /** `large` for what people copy by hand. */
  size?: 'small' | 'large';
  busy?: boolean;
}

const mask = '•'.repeat(36);

/** The one look of a secret: masked, monospace, shown on request. */
export function Secret({
  name,
  text,
  onReveal,
  onHide,
  canReveal = true,
  size = 'small',
  busy = false,
}: SecretProps): ReactNode {
  return (
    <div className={css['secret']} data-shown={text !== null || undefined} data-size={size}>
      {text === null ? (
        <span className={css['mask']} role="img" aria-label={`The ${name} is hidden`}>
          {mask}
        </span>
      ) : (
        <code className={css['text']} tabIndex={0}>
          {text}
        </code>
      )}
      {text !== null && (
        <Button size="small" kind="quiet" icon={<EyeOff />} aria-label={`Hide ${name}`} onClick={onHide}>
          Hide
        </Button>
      )}
      {text === null && canReveal && (
        <Button
          size="small"
          kind="quiet"
          icon={<Eye />}
          aria-label={`Reveal ${name}`}
          busy={busy}
          onClick={onReveal}
        >
          Reveal
        </Button>
      )}
    </div>
  );
}
