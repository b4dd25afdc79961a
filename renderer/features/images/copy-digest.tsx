import { Copy } from 'lucide-react';
import type { ReactNode } from 'react';
import { keyhold } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { toastDone } from '../../ui/toast.ts';
import { useAction } from '../../ui/use-action.ts';

/** Copies a whole digest; `of` says whose where there are several. */
export function CopyDigest({ digest, of }: { digest: string; of?: string }): ReactNode {
  const copy = useAction(
    () => keyhold().images.copyDigest({ digest }),
    () => {
      toastDone('Digest copied');
    },
  );
  return (
    <Button
      size="small"
      icon={<Copy />}
      aria-label={of === undefined ? 'Copy digest' : `Copy digest of ${of}`}
      call={copy}
    >
      Copy
    </Button>
  );
}
