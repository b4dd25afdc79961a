import { Drawer, Modal } from '@mantine/core';
import { createContext, use, useRef, type FocusEvent, type MouseEvent, type ReactNode } from 'react';
import css from './dialog.module.css';

interface LayerProps {
  opened: boolean;
  title: string;
  /** Width, CSS pixels. */
  size?: number;
  /** Also after a click beside it, unless that would throw away what was typed. */
  onClose: () => void;
  children: ReactNode;
}

interface DialogProps extends LayerProps {
  /** Only its own buttons close it, because work is under way or it shows something only once. */
  held?: boolean;
  /** It has gone from the screen. */
  onClosed?: () => void;
}

/** A click beside a layer that stays open leaves the keyboard in it. */
const keepsFocus = {
  onMouseDown: (event: MouseEvent): void => {
    event.preventDefault();
  },
};

/** The frame of every dialog. */
export function Dialog(props: DialogProps): ReactNode {
  const { opened, title, size = 440, held = false, onClose, onClosed, children } = props;
  const drafts = useDrafts();
  return (
    <Modal
      opened={opened}
      title={title}
      size={size}
      onClose={held ? () => undefined : onClose}
      withCloseButton={!held}
      closeOnEscape={!held}
      closeOnClickOutside={false}
      overlayProps={{ ...keepsFocus, onClick: held ? undefined : drafts.unlessTyped(onClose) }}
      {...(onClosed && { onExitTransitionEnd: onClosed })}
    >
      <Drafts {...drafts}>{children}</Drafts>
    </Modal>
  );
}

/** The frame of every sheet: what is known of one thing, at the window's right edge. */
export function Sheet({ opened, title, size = 440, onClose, children }: LayerProps): ReactNode {
  const drafts = useDrafts();
  return (
    <Drawer
      opened={opened}
      title={title}
      size={size}
      onClose={onClose}
      closeOnClickOutside={false}
      overlayProps={{ ...keepsFocus, onClick: drafts.unlessTyped(onClose) }}
    >
      <Drafts {...drafts}>{children}</Drafts>
    </Drawer>
  );
}

type Field = HTMLInputElement | HTMLTextAreaElement;

interface Layer {
  /** Says that the text now in the form's fields is saved: closing loses nothing. */
  settle: () => void;
}

const LayerContext = createContext<Layer>({ settle: () => undefined });

/** The dialog or sheet around a form; where there is none, it does nothing. */
export function useLayer(): Layer {
  return use(LayerContext);
}

function isTypedInto(target: EventTarget): target is Field {
  if (target instanceof HTMLInputElement) return target.type !== 'checkbox' && target.type !== 'radio';
  return target instanceof HTMLTextAreaElement;
}

/** Remembers what the fields of forms held before they were typed into. A filter belongs to no form and keeps nothing open. */
function useDrafts() {
  const initial = useRef(new Map<Field, string>());
  return {
    remember: ({ target }: FocusEvent): void => {
      if (isTypedInto(target) && target.form !== null && !initial.current.has(target)) {
        initial.current.set(target, target.value);
      }
    },
    settle: (): void => {
      for (const field of initial.current.keys()) initial.current.set(field, field.value);
    },
    unlessTyped: (close: () => void) => (): void => {
      const typed = [...initial.current].some(
        ([field, value]) => field.isConnected && field.value !== value && field.value.trim() !== '',
      );
      if (!typed) close();
    },
  };
}

interface DraftsProps extends Pick<ReturnType<typeof useDrafts>, 'remember' | 'settle'> {
  children: ReactNode;
}

function Drafts({ remember, settle, children }: DraftsProps): ReactNode {
  return (
    <LayerContext value={{ settle }}>
      <div className={css['frame']} onFocus={remember}>
        {children}
      </div>
    </LayerContext>
  );
}
