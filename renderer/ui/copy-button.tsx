import { useMutation } from '@tanstack/react-query';
import { Copy } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { limits } from '../../contracts/domain/limits.ts';
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

/** Copies a secret, then shows how long it stays on the clipboard. */
export function CopyButton({
  label,
  copy,
  onError = toastError,
  kind = 'default',
  ...rest
}: CopyButtonProps): ReactNode {
  const [clearsAt, setClearsAt] = useState<string | null>(null);
  const action = useMutation({
    mutationFn: copy,
    onSuccess: (copied) => {
      setClearsAt(copied.clearsAt);
    },
    onError,
  });
  const again = (): void => {
    action.mutate();
  };
  return (
    <>
      <Button {...rest} kind={kind} icon={clearsAt === null && <Copy />} onClick={again}>
        {clearsAt === null ? (
          label
        ) : (
          <Copied
            key={clearsAt}
            clearsAt={clearsAt}
            onCleared={() => {
              setClearsAt(null);
            }}
          />
        )}
      </Button>
      <span className="kh-hidden" role="status">
        {clearsAt !== null && 'Copied'}
      </span>
    </>
  );
}

/** How long the copy stays on the clipboard, second by second. */
function Copied({ clearsAt, onCleared }: { clearsAt: string; onCleared: () => void }): ReactNode {
  const now = useNow(250);
  const seconds = secondsUntil(clearsAt, now);
  const over = seconds === 0;
  useEffect(() => {
    if (over) onCleared();
  }, [over, onCleared]);
  return (
    <>
      <Ring left={seconds / limits.clipboard} />
      <span className="kh-tabular">{`Copied · clears in ${seconds} s`}</span>
    </>
  );
}
