import { Tooltip } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import { Button, type ButtonProps } from './button.tsx';

interface ReasonedButtonProps extends ButtonProps {
  /** Why it is off, in a sentence; null where it is on. */
  reason: string | null;
}

/** A button that says why it is off: while the pointer or the keyboard is on it, and to screen readers. */
export function ReasonedButton({ reason, ...button }: ReasonedButtonProps): ReactNode {
  const id = useId();
  if (reason === null) return <Button {...button} />;
  return (
    <>
      <Tooltip
        label={reason}
        multiline
        maw={320}
        // Beside its button, so that it belongs to the same landmark.
        withinPortal={false}
        events={{ hover: true, focus: true, touch: true }}
      >
        <Button {...button} disabled aria-describedby={id} />
      </Tooltip>
      <span id={id} hidden>
        {reason}
      </span>
    </>
  );
}
