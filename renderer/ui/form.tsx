import { useForm, type FormErrors, type UseFormReturnType } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import type { CallError } from '../lib/api.ts';
import { errorText } from '../lib/error-text.ts';
import { Button } from './button.tsx';
import css from './dialog.module.css';
import { settleDraft } from './drafts.ts';
import { ErrorNotice } from './notice.tsx';
import type { SentForm } from './secret-form.ts';

type FieldOf<Values> = Extract<keyof Values, string>;

interface FieldFormOptions<Values, Done> {
  initialValues: Values;
  /** What is wrong with a field before anything is sent, in words; null when nothing is. */
  validate?: { [Field in keyof Values]?: (value: Values[Field]) => string | null };
  /** Which field a refusal is about. Without an answer it is the field that main names. */
  fieldOf?: (error: CallError, values: Values) => FieldOf<Values> | undefined;
  /** What a field accepts, in words: shown when main refuses the field without saying why. */
  rules?: { [Field in keyof Values]?: string };
  send: (values: Values) => Promise<Done>;
  /** Called once main has taken it; what was typed is no longer needed. */
  onDone: (done: Done, values: Values) => unknown;
}

interface FieldForm<Values> extends SentForm {
  fields: UseFormReturnType<Values>;
  /** A failure that is about no field. */
  error: CallError | null;
  /** Takes back what was said of the last try. */
  reset: () => void;
}

/**
 * A form that is sent to main. What is wrong with a field is said at it, whoever finds it, and the first such field gets
 * the focus; whatever else fails is said below the fields. What was typed stays until it is taken.
 */
export function useFieldForm<Values extends object, Done>(
  options: FieldFormOptions<Values, Done>,
): FieldForm<Values> {
  const { initialValues, validate = {}, rules = {}, fieldOf, send, onDone } = options;
  const submitted = useRef<HTMLFormElement>(null);
  const fields = useForm<Values>({ initialValues, validate: validate as never });
  const refused = useRef(false);
  const taken = useRef(false);
  useLayoutEffect(() => {
    // Not earlier: `onDone` may have changed the fields.
    if (taken.current) settleDraft(submitted.current);
    taken.current = false;
    if (!refused.current) return;
    refused.current = false;
    submitted.current?.querySelector<HTMLElement>('[data-path][aria-invalid="true"]')?.focus();
  });
  const problemOf = (error: CallError, values: Values): FormErrors | null => {
    const named = error.code === 'invalid_request' ? error.details.field : undefined;
    const field =
      fieldOf?.(error, values) ?? (named !== undefined && named in initialValues ? named : undefined);
    if (field === undefined) return null;
    const { title, advice } = errorText(error.code, error.details);
    return {
      [field]: (named === undefined ? undefined : (rules as FormErrors)[field]) ?? `${title}. ${advice}`,
    };
  };
  const call = useMutation({
    mutationFn: send,
    onSuccess: async (done, values) => {
      await onDone(done, values);
      taken.current = true;
    },
    onError: (error: CallError, values) => {
      const problem = problemOf(error, values);
      if (problem === null) return;
      refused.current = true;
      fields.setErrors(problem);
    },
  });
  return {
    fields,
    busy: call.isPending,
    error: call.isError && problemOf(call.error, call.variables) === null ? call.error : null,
    submit: (event) => {
      event.preventDefault();
      submitted.current = event.currentTarget;
      if (call.isPending) return;
      refused.current = fields.validate().hasErrors;
      if (!refused.current) call.mutate(fields.getValues());
    },
    reset: call.reset,
  };
}

interface FormFrameProps {
  form: SentForm;
  label?: string;
  /** The words of its button. */
  action: string;
  /** The words of its button while the form is being sent, where they say more. */
  busyAction?: string;
  /** `danger` where something is lost by it. */
  kind?: 'primary' | 'danger';
  /** It cannot be sent with what is in the fields. */
  disabled?: boolean;
  onCancel?: () => void;
  /** What would be done, in one sentence: stays in sight with the buttons. */
  sentence?: { label: string; words: string };
  /** Below the buttons. */
  below?: ReactNode;
  children: ReactNode;
}

/** What went wrong is said below the fields: where these fill the dialog, nobody would see it. */
export function bringIntoSight(failure: HTMLElement | null): void {
  failure?.scrollIntoView({ block: 'nearest' });
}

/** In a text of several lines Enter begins another one: Ctrl+Enter, or ⌘+Enter, sends the form. */
function isToSend({ key, ctrlKey, metaKey, target, nativeEvent }: KeyboardEvent<HTMLFormElement>): boolean {
  const isInText = target instanceof HTMLTextAreaElement && !nativeEvent.isComposing;
  return isInText && key === 'Enter' && (ctrlKey || metaKey);
}

/** The frame of a form: its fields, what went wrong, its buttons. */
export function FormFrame(props: FormFrameProps): ReactNode {
  const {
    form,
    label,
    action,
    busyAction = action,
    kind = 'primary',
    disabled,
    onCancel,
    sentence,
    below,
    children,
  } = props;
  const { busy, error, submit } = form;
  return (
    <form
      className={css['body']}
      aria-label={label}
      onSubmit={submit}
      onKeyDown={(event) => {
        if (disabled !== true && isToSend(event)) event.currentTarget.requestSubmit();
      }}
      noValidate
    >
      {children}
      {error !== null && (
        <div ref={bringIntoSight} className={css['failure']}>
          <ErrorNotice error={error} />
        </div>
      )}
      <div className={css['foot']}>
        {sentence && (
          <p
            className={css['sentence']}
            aria-live="polite"
            aria-label={sentence.label}
            // A long one scrolls, also by keys.
            tabIndex={sentence.words.length > 160 ? 0 : undefined}
          >
            {sentence.words}
          </p>
        )}
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
        <Button type="submit" kind={kind} busy={busy} disabled={disabled}>
          {busy ? busyAction : action}
        </Button>
      </div>
      {below}
    </form>
  );
}
