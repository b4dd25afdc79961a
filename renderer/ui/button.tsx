import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import css from './button.module.css';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `primary` once per view; `danger` for what loses something; `quiet` inside lists and notices. */
  kind?: 'primary' | 'default' | 'danger' | 'quiet';
  size?: 'small' | 'medium' | 'large';
  icon?: ReactNode;
  /** True while it is under way: the button keeps its place, says so, and takes no second click. */
  busy?: boolean;
  /** What a click sends. The button is busy until it was answered. */
  call?: { isPending: boolean; mutate: () => void };
  wide?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

/**
 * The window's one button. A plain element, because the unlock screen must not wait for a component library. It is never
 * `disabled` for the browser, which would take the focus from it: where it cannot be used, it takes no click and says so.
 */
export function Button(props: ButtonProps): ReactNode {
  const {
    kind = 'default',
    size = 'medium',
    icon,
    call,
    busy = call?.isPending ?? false,
    onClick = call && (() => call.mutate()),
    wide = false,
    disabled = false,
    children,
    className,
    ...rest
  } = props;
  const blocked = busy || disabled;
  return (
    <button
      type="button"
      {...rest}
      className={[css['button'], className].filter(Boolean).join(' ')}
      data-kind={kind}
      data-size={size}
      data-wide={wide || undefined}
      data-busy={busy || undefined}
      aria-busy={busy || undefined}
      data-disabled={disabled || undefined}
      aria-disabled={blocked || rest['aria-disabled']}
      onClick={blocked ? stop : onClick}
    >
      {busy ? <span className={css['spinner']} aria-hidden="true" /> : icon}
      {children}
    </button>
  );
}

function stop(event: { preventDefault: () => void }): void {
  event.preventDefault();
}
