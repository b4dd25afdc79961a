import { useMutation } from '@tanstack/react-query';
import { FileText, Image, Printer } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Secret, useReveal } from '../../ui/secret.tsx';
import css from './recovery-code.module.css';

/** A recovery code that was just made: to look at once, to print, to save and to copy. */
export function RecoveryCode({ codeId }: { codeId: string }): ReactNode {
  const [done, setDone] = useState('');
  const reveal = useReveal(async () => (await valueOf(keyhold().slots.revealCode({ codeId }))).code);
  const save = useMutation({
    mutationFn: (form: 'pdf' | 'png') => valueOf(keyhold().slots.saveCode({ codeId, form })),
    onMutate: () => setDone(''),
    onSuccess: ({ saved }, form) => {
      if (saved) setDone(form === 'pdf' ? 'PDF saved.' : 'Picture saved.');
    },
  });
  const print = useMutation({
    mutationFn: () => valueOf(keyhold().slots.printCode({ codeId })),
    onMutate: () => setDone(''),
    onSuccess: ({ printed }) => {
      if (printed) setDone('Sent to the printer.');
    },
  });
  const copy = useMutation({
    mutationFn: () => valueOf(keyhold().slots.copyCode({ codeId })),
  });
  const error = [reveal, save, print, copy].map((action) => action.error).find((each) => each !== null);
  const saving = save.isPending ? save.variables : null;
  return (
    <div className="kh-stack" data-gap="3">
      <Secret name="recovery code" size="large" canReveal={!reveal.wasShown} {...reveal.shown} />
      <div className="kh-row">
        <Button icon={<Printer />} call={print}>
          Print
        </Button>
        <Button icon={<FileText />} busy={saving === 'pdf'} onClick={() => save.mutate('pdf')}>
          Save PDF
        </Button>
        <Button icon={<Image />} busy={saving === 'png'} onClick={() => save.mutate('png')}>
          Save picture
        </Button>
        <CopyButton label="Copy" copy={copy.mutateAsync} onError={() => undefined} />
      </div>
      <p className={css['done']} role="status">
        {done}
      </p>
      {error !== undefined && <ErrorNotice error={error} />}
      <p className={css['note']}>
        The sheet has the code as text and as a QR code. Keep it away from this computer: whoever has it and
        the vault file can open the vault.
      </p>
    </div>
  );
}
