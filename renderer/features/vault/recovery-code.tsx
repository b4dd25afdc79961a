import { useMutation } from '@tanstack/react-query';
import { FileText, Image, Printer } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { keyhold, valueOf } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNotice } from '../../ui/notice.tsx';
import { Secret } from '../../ui/secret.tsx';
import css from './recovery-code.module.css';

/** A recovery code that was just made: to look at once, to print, to save and to copy. */
export function RecoveryCode({ codeId }: { codeId: string }): ReactNode {
  const [text, setText] = useState<string | null>(null);
  const [wasShown, setWasShown] = useState(false);
  const [done, setDone] = useState('');
  const reveal = useMutation({
    mutationFn: () => valueOf(keyhold().slots.revealCode({ codeId })),
    // The code shall not stay behind in the cache of mutations.
    gcTime: 0,
    onSuccess: ({ code }) => {
      setText(code);
    },
  });
  const save = useMutation({
    mutationFn: (form: 'pdf' | 'png') => valueOf(keyhold().slots.saveCode({ codeId, form })),
    onMutate: () => {
      setDone('');
    },
    onSuccess: ({ saved }, form) => {
      if (saved) setDone(form === 'pdf' ? 'PDF saved.' : 'Picture saved.');
    },
  });
  const print = useMutation({
    mutationFn: () => valueOf(keyhold().slots.printCode({ codeId })),
    onMutate: () => {
      setDone('');
    },
    onSuccess: ({ printed }) => {
      if (printed) setDone('Sent to the printer.');
    },
  });
  const copy = useMutation({
    mutationFn: () => valueOf(keyhold().slots.copyCode({ codeId })),
  });
  const failed = [reveal, save, print, copy].find((action) => action.isError);
  const saving = save.isPending ? save.variables : null;
  return (
    <div className={css['stack']}>
      <Secret
        name="recovery code"
        size="large"
        text={text}
        canReveal={!wasShown}
        busy={reveal.isPending}
        onReveal={reveal.mutate}
        onHide={() => {
          setText(null);
          setWasShown(true);
          reveal.reset();
        }}
      />
      <div className={css['actions']}>
        <Button
          icon={<Printer />}
          busy={print.isPending}
          onClick={() => {
            print.mutate();
          }}
        >
          Print
        </Button>
        <Button
          icon={<FileText />}
          busy={saving === 'pdf'}
          onClick={() => {
            save.mutate('pdf');
          }}
        >
          Save PDF
        </Button>
        <Button
          icon={<Image />}
          busy={saving === 'png'}
          onClick={() => {
            save.mutate('png');
          }}
        >
          Save picture
        </Button>
        <CopyButton label="Copy" copy={copy.mutateAsync} onError={() => undefined} />
      </div>
      <p className={css['done']} role="status">
        {done}
      </p>
      {failed !== undefined && <ErrorNotice error={failed.error} />}
      <p className={css['note']}>
        The sheet has the code as text and as a QR code. Keep it away from this computer: whoever has it and
        the vault file can open the vault.
      </p>
    </div>
  );
}
