import { Textarea } from '@mantine/core';
import { useRef, useState, type ReactNode, type SyntheticEvent } from 'react';
import { limits } from '../../../../contracts/domain/limits.ts';
import type { PastedClaims } from '../../../../contracts/ipc/token-sign-in.ts';
import { keyhold, valueOf } from '../../../lib/api.ts';
import { useCall } from '../../../lib/use-call.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import { FormFrame } from '../../../ui/form.tsx';

interface PasteDialogProps {
  onRead: (claims: PastedClaims) => void;
  onClose: () => void;
}

/** Takes a token to ask about. Its text stays in the field alone and goes with the dialog: what it says is all that is kept. */
export function PasteDialog({ onRead, onClose }: PasteDialogProps): ReactNode {
  const field = useRef<HTMLTextAreaElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const { busy, error, run } = useCall(async (token: string) => {
    const claims = await valueOf(keyhold().tokenSignIn.read({ token }));
    if (claims === null) {
      setProblem('That is no JWT. Paste the token alone, with its three parts.');
      field.current?.focus();
      return;
    }
    if (field.current !== null) field.current.value = '';
    onRead(claims);
    onClose();
  });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const token = field.current?.value.trim() ?? '';
    if (token === '') setProblem('Paste a token.');
    else if (token.length > limits.inspectMax) setProblem('That is too long for a token.');
    else run(token);
  };
  return (
    <Dialog opened onClose={onClose} title="Paste a token">
      <FormFrame form={{ busy, error, submit }} action="Read token" busyAction="Reading…" onCancel={onClose}>
        <Textarea
          ref={field}
          label="Token"
          description="A JWT. It is read on this computer, checked by nobody, and not kept: what it says goes when you leave the page."
          placeholder="eyJhbGciOi…"
          rows={5}
          error={problem}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          data-autofocus
          onChange={() => setProblem(null)}
        />
      </FormFrame>
    </Dialog>
  );
}
