import { useMutation } from '@tanstack/react-query';
import { Copy } from 'lucide-react';
import type { ReactNode } from 'react';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { toastDone, toastError } from '../../ui/toast.ts';

/** Copies a whole digest; `of` says whose where there are several. */
export function CopyDigest({ digest, of }: { digest: string; of?: string }): ReactNode {
  const copy = useMutation({
    mutationFn: () => valueOf(keyhold().images.copyDigest({ digest })),
    onSuccess: () => {
      toastDone('Digest copied');
    },
    onError: toastError,
  });
  return (
    <Button
      size="small"
      icon={<Copy />}
      aria-label={of === undefined ? 'Copy digest' : `Copy digest of ${of}`}
      onClick={() => {
        copy.mutate();
      }}
    >
      Copy
    </Button>
  );
}
