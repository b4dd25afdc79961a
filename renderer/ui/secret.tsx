import { useMutation } from '@tanstack/react-query';
import { Eye, EyeOff } from 'lucide-react';
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
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

interface Reveal {
  shown: Pick<SecretProps, 'text' | 'busy' | 'onReveal' | 'onHide'>;
  /** It was shown and hidden again. */
  wasShown: boolean;
  error: unknown;
}

/** Fetches a secret when it is to be shown, and lets go of it when it is hidden, or what shows it. */
export function useReveal(fetch: () => Promise<string>): Reveal {
  const [text, setText] = useState<string | null>(null);
  const [wasShown, setWasShown] = useState(false);
  const inSight = useRef(false);
  const { mutate, reset, isPending, error } = useMutation({
    mutationFn: fetch,
    onSuccess: (secret) => {
      if (inSight.current) setText(secret);
      else hide();
    },
  });
  const hide = useCallback(() => {
    setText(null);
    setWasShown(true);
    reset();
  }, [reset]);
  useEffect(() => {
    inSight.current = true;
    return () => {
      inSight.current = false;
    };
  }, []);
  // A tab that another one hides keeps what it holds, but not a secret.
  useEffect(() => (text === null ? undefined : hide), [text, hide]);
  return {
    shown: { text, busy: isPending, onReveal: mutate, onHide: hide },
    wasShown,
    error,
  };
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
      {/* One button, so that it keeps the focus. */}
      {(text !== null || canReveal) && (
        <Button
          size="small"
          kind="quiet"
          icon={text === null ? <Eye /> : <EyeOff />}
          aria-label={`${text === null ? 'Reveal' : 'Hide'} ${name}`}
          busy={busy}
          onClick={text === null ? onReveal : onHide}
        >
          {text === null ? 'Reveal' : 'Hide'}
        </Button>
      )}
    </div>
  );
}
