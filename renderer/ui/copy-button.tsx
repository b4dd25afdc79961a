import { useMutation } from '@tanstack/react-query';
import { Copy as CopyIcon } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { secondsUntil } from '../lib/format.ts';
import { useNow } from '../lib/use-now.ts';
import { Button, type ButtonProps } from './button.tsx';
import { Ring } from './ring.tsx';
import { toastError } from './toast.ts';

interface CopyButtonProps extends Pick<ButtonProps, 'kind' | 'size' | 'disabled'> {
  label: string;
  /** Has main put the text on the clipboard and says when it will be taken off again. */
  copy: () => Promise<{ clearsAt: string }>;
  /** Where a failed copy is told instead of in a toast. */
  onError?: (error: unknown) => void;
}

interface Copy {
  clearsAt: string;
  /** How long it was to stay, seconds. */
  seconds: number;
}

/** Copies a secret, then shows how long it stays on the clipboard. */
export function CopyButton({
  label,
  copy,
  onError = toastError,
  kind = 'default',
  ...rest
}: CopyButtonProps): ReactNode {
  const [copied, setCopied] = useState<Copy | null>(null);
  const action = useMutation({
    mutationFn: copy,
    onSuccess: ({ clearsAt }) => {
      setCopied({ clearsAt, seconds: secondsUntil(clearsAt, Date.now()) });
    },
    onError,
  });
  const again = (): void => action.mutate();
  return (
    <>
      <Button {...rest} kind={kind} icon={copied === null && <CopyIcon />} onClick={again}>
        {copied === null ? (
          label
        ) : (
          <Copied key={copied.clearsAt} {...copied} onCleared={() => setCopied(null)} />
        )}
      </Button>
      <span className="kh-hidden" role="status">
        {copied !== null && 'Copied'}
      </span>
    </>
  );
}

/** How long the copy stays on the clipboard, second by second. */
function Copied({ clearsAt, seconds, onCleared }: Copy & { onCleared: () => void }): ReactNode {
  const now = useNow(250);
  const left = secondsUntil(clearsAt, now);
  const over = left === 0;
  useEffect(() => {
    if (over) onCleared();
  }, [over, onCleared]);
  return (
    <>
      <Ring left={left / Math.max(1, seconds)} />
      <span className="kh-tabular">{`Copied · clears in ${left} s`}</span>
    </>
  );
}
