import { useForm, type FormErrors, type UseFormReturnType } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useLayoutEffect, useRef, type ReactNode, type SyntheticEvent } from 'react';
import type { CallError } from '../lib/api.ts';
import { errorText } from '../lib/error-text.ts';
import { Button } from './button.tsx';
import css from './dialog.module.css';
import { useLayer } from './dialog.tsx';
import { ErrorNotice } from './notice.tsx';

type FieldOf<Values> = Extract<keyof Values, string>;

interface FieldFormOptions<Values, Done> {
  initialValues: Values;
  /** What is wrong with a field before anything is sent, in words; null when nothing is. */
  validate?: { [Field in keyof Values]?: (value: Values[Field]) => string | null };
  /** The field that a refusal is about; without it, the one that main names. */
  fieldOf?: (error: CallError) => FieldOf<Values> | undefined;
  /** What a field takes, for a refusal that only says that it does not take this. */
  rules?: { [Field in keyof Values]?: string };
  send: (values: Values) => Promise<Done>;
  /** Nothing of what was typed is needed any more. */
  onDone: (done: Done, values: Values) => unknown;
}

export interface FieldForm<Values> {
  fields: UseFormReturnType<Values>;
  busy: boolean;
  /** A failure that is about no field. */
  error: CallError | null;
  submit: (event: SyntheticEvent<HTMLFormElement>) => void;
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
  const { settle } = useLayer();
  const fields = useForm<Values>({ initialValues, validate: validate as never });
  const refused = useRef(false);
  const taken = useRef(false);
  useLayoutEffect(() => {
    // Only now the fields hold what they hold after the deed.
    if (taken.current) settle();
    taken.current = false;
    if (!refused.current) return;
    refused.current = false;
    submitted.current?.querySelector<HTMLElement>('[data-path][aria-invalid="true"]')?.focus();
  });
  const problemOf = (error: CallError): FormErrors | null => {
    const named = error.code === 'invalid_request' ? error.details.field : undefined;
    const field = fieldOf?.(error) ?? (named !== undefined && named in initialValues ? named : undefined);
    if (field === undefined) return null;
    const { title, advice } = errorText(error.code, error.details);
    return {
      [field]: (named === undefined ? undefined : (rules as FormErrors)[field]) ?? `${title}. ${advice}`,
    };
  };
  const call = useMutation({
    mutationFn: send,
    // What was sent shall not stay behind in the cache of mutations.
    gcTime: 0,
    onSuccess: async (done, values) => {
      await onDone(done, values);
      taken.current = true;
    },
    onError: (error: CallError) => {
      const problem = problemOf(error);
      if (problem === null) return;
      refused.current = true;
      fields.setErrors(problem);
    },
  });
  return {
    fields,
    busy: call.isPending,
    error: call.error !== null && problemOf(call.error) === null ? call.error : null,
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

interface FormFrameProps<Values> {
  form: FieldForm<Values>;
  label?: string;
  /** The deed, as the button names it. */
  action: string;
  /** The button while the deed is under way, where it says more. */
  busyAction?: string;
  /** The deed cannot be done with what is in the fields. */
  disabled?: boolean;
  onCancel?: () => void;
  /** Below the buttons. */
  below?: ReactNode;
  children: ReactNode;
}

/** The frame of a form: its fields, what went wrong, its buttons. */
export function FormFrame<Values>(props: FormFrameProps<Values>): ReactNode {
  const { form, label, action, busyAction = action, disabled, onCancel, below, children } = props;
  return (
    <form className={css['body']} aria-label={label} onSubmit={form.submit} noValidate>
      {children}
      {form.error !== null && <ErrorNotice error={form.error} />}
      <div className={css['foot']}>
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
        <Button type="submit" kind="primary" busy={form.busy} disabled={disabled}>
          {form.busy ? busyAction : action}
        </Button>
      </div>
      {below}
    </form>
  );
}
