import { Eye, EyeOff } from 'lucide-react';
import { useId, useState, type KeyboardEvent, type ReactNode, type Ref } from 'react';
import { limits } from '../../../contracts/domain/limits.ts';
import css from '../../ui/field.module.css';

interface PassphraseFieldProps {
  label: string;
  /** `off`: what is pasted and no password, which nobody shall offer to keep. */
  autoComplete: 'current-password' | 'new-password' | 'off';
  maxLength?: number;
  hint?: string | undefined;
  error?: string | null;
  /** Id of what describes the field further, besides its own note. */
  describedBy?: string;
  autoFocus?: boolean;
  onInput?: () => void;
  ref: Ref<HTMLInputElement>;
}

/**
 * A field for a passphrase. Its text stays in the input element and never enters React's state, so that
 * emptying the element is all it takes to let go of it.
 */
export function PassphraseField(props: PassphraseFieldProps): ReactNode {
  const { label, autoComplete, hint, error = null, describedBy, autoFocus = false, onInput, ref } = props;
  const { maxLength = limits.passphraseMax } = props;
  const [shown, setShown] = useState(false);
  const [capsLock, setCapsLock] = useState(false);
  const id = useId();
  const noteId = `${id}-note`;
  const note = error ?? (capsLock ? 'Caps Lock is on.' : hint);

  const readCapsLock = (event: KeyboardEvent): void => setCapsLock(event.getModifierState('CapsLock'));
  return (
    <div className={css['field']}>
      <label className={css['label']} htmlFor={id}>
        {label}
      </label>
      <div className={css['box']} data-with-button>
        <input
          ref={ref}
          id={id}
          className={css['input']}
          type={shown ? 'text' : 'password'}
          autoComplete={autoComplete}
          autoCapitalize="off"
          spellCheck={false}
          maxLength={maxLength}
          autoFocus={autoFocus}
          // In a dialog the dialog decides what gets the focus, and looks for this.
          data-autofocus={autoFocus || undefined}
          aria-invalid={error !== null}
          aria-describedby={
            [note === undefined ? '' : noteId, describedBy].filter(Boolean).join(' ') || undefined
          }
          onInput={onInput}
          onKeyDown={readCapsLock}
          onKeyUp={readCapsLock}
        />
        <button
          type="button"
          className={css['inner']}
          aria-label={shown ? `Hide ${label.toLowerCase()}` : `Show ${label.toLowerCase()}`}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        >
          {shown ? <EyeOff /> : <Eye />}
        </button>
      </div>
      {note !== undefined && (
        <p
          id={noteId}
          className={error === null ? css['hint'] : css['error']}
          role={error === null ? undefined : 'alert'}
        >
          {note}
        </p>
      )}
    </div>
  );
}
