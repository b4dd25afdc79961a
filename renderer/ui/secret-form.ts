import { useLayoutEffect, useRef, type SyntheticEvent } from 'react';
import { asCallError, type CallError } from '../lib/api.ts';
import { useCall } from '../lib/use-call.ts';

/** One or two fields whose text stays in their elements and never enters React's state. */
export interface SecretField {
  /** What was typed; null when it cannot be sent: the field then says why or has the focus. */
  read: () => string | null;
  /** Says at the field what main refused, or nothing any more; false when the refusal is about something else. */
  refuse: (error: CallError | null) => boolean;
  /** Empties the elements. */
  clear: () => void;
}

/** In the place of a field that is not asked for. */
export const noField: SecretField = { read: () => '', refuse: () => false, clear: () => undefined };

interface SecretFormOptions<Name extends string, Done> {
  /** The fields, in the order in which they are read. */
  secrets: Readonly<Record<Name, SecretField>>;
  /** Answers null when nothing was done after all: then what was typed stays. */
  send: (typed: Record<Name, string>) => Promise<Done | null>;
  onDone: (done: Done) => unknown;
  onFailed?: (error: CallError) => void;
  /** For a dialog that stays open while the form is being sent. */
  onBusy?: (busy: boolean) => void;
}

/** What a form's frame has to know of it. */
export interface SentForm {
  busy: boolean;
  /** A failure that is about no field. */
  error: unknown;
  submit: (event: SyntheticEvent<HTMLFormElement>) => void;
}

interface SecretForm extends SentForm {
  /** Takes back what was said of the last try. */
  reset: () => void;
}

/**
 * A form with secrets, which it reads only when it is sent. They are emptied once they were taken. A refusal is said
 * at the field that it is about, which gets the focus; whatever else fails is said below the fields.
 */
export function useSecretForm<Name extends string, Done>(options: SecretFormOptions<Name, Done>): SecretForm {
  const { secrets, send, onDone, onFailed, onBusy } = options;
  const fields = Object.entries<SecretField>(secrets);
  const submitted = useRef<HTMLFormElement>(null);
  const refused = useRef(false);
  const { busy, error, run, reset } = useCall(async (typed: Record<Name, string>) => {
    onBusy?.(true);
    try {
      const done = await send(typed);
      if (done === null) return;
      for (const [, field] of fields) field.clear();
      await onDone(done);
    } catch (thrown) {
      const failure = asCallError(thrown);
      onFailed?.(failure);
      refused.current = fields.some(([, field]) => field.refuse(failure));
      if (!refused.current) throw failure;
    } finally {
      onBusy?.(false);
    }
  });
  useLayoutEffect(() => {
    // The form may be hidden while it is busy, and what is hidden takes no focus.
    if (busy || !refused.current) return;
    refused.current = false;
    submitted.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  });
  const forgive = (): void => {
    for (const [, field] of fields) field.refuse(null);
    reset();
  };
  return {
    busy,
    error,
    submit: (event) => {
      event.preventDefault();
      submitted.current = event.currentTarget;
      if (busy) return;
      forgive();
      const typed: Partial<Record<string, string>> = {};
      for (const [name, field] of fields) {
        const text = field.read();
        if (text === null) return;
        typed[name] = text;
      }
      run(typed as Record<Name, string>);
    },
    reset: forgive,
  };
}
