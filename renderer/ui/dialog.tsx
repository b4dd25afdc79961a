import { Drawer, Modal } from '@mantine/core';
import { createContext, use, useEffect, useState, type MouseEvent, type ReactNode } from 'react';
import { Breakable } from './breakable.tsx';
import css from './dialog.module.css';
import { hasDraft } from './drafts.ts';

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
  /** Content alone, without a head, near the top of the window: its height changes with what is typed. */
  bare?: boolean;
  /** It has gone from the screen. */
  onClosed?: () => void;
}

/** What a click beside a layer does. Where the layer stays open, so does the focus. */
function overlay(close: () => void) {
  return {
    onMouseDown: (event: MouseEvent): void => event.preventDefault(),
    onClick: ({ currentTarget }: MouseEvent): void => {
      // The overlay lies beside the layer's content.
      if (!hasDraft(currentTarget.parentElement)) close();
    },
  };
}

/** The frame of every dialog. */
export function Dialog(props: DialogProps): ReactNode {
  const { opened, title, size = 440, held = false, bare = false, onClosed, children } = props;
  const close = held ? () => undefined : props.onClose;
  return (
    <Modal
      opened={opened}
      title={<Breakable>{title}</Breakable>}
      size={size}
      onClose={close}
      withCloseButton={!held && !bare}
      closeOnEscape={!held}
      closeOnClickOutside={false}
      overlayProps={overlay(close)}
      {...(bare && { centered: false, yOffset: '12vh', padding: 0, classNames: { header: 'kh-hidden' } })}
      {...(onClosed && { onExitTransitionEnd: onClosed })}
    >
      {children}
    </Modal>
  );
}

/** Tells the sheet around that another one lies on it, or not any more. */
const AboveContext = createContext<(isAbove: boolean) => void>(() => undefined);

/**
 * The frame of every sheet: what is known of one thing, at the window's right edge. One that is opened from another lies
 * on it, and Escape closes the upper one alone.
 */
export function Sheet({ opened, title, size = 440, onClose, children }: LayerProps): ReactNode {
  const [isCovered, setCovered] = useState(false);
  const tellBelow = use(AboveContext);
  useEffect(() => {
    if (!opened) return undefined;
    tellBelow(true);
    return () => tellBelow(false);
  }, [opened, tellBelow]);
  return (
    <AboveContext value={setCovered}>
      <Drawer
        opened={opened}
        title={<Breakable>{title}</Breakable>}
        size={size}
        onClose={onClose}
        closeOnClickOutside={false}
        closeOnEscape={!isCovered}
        overlayProps={overlay(onClose)}
      >
        {children}
      </Drawer>
    </AboveContext>
  );
}

/** What is in a dialog that is no form. `buttons` stand at its end. */
export function DialogBody({ buttons, children }: { buttons: ReactNode; children: ReactNode }): ReactNode {
  return (
    <div className={css['body']}>
      {children}
      <div className={css['foot']}>{buttons}</div>
    </div>
  );
}
