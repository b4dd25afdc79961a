import { useEffect } from 'react';

const modals = '[role="dialog"][aria-modal="true"]';

/** Whether nothing has the focus, or something that is about to lose it with the next frame. */
function isLost(focused: Element | null): boolean {
  return (
    focused === null ||
    focused === document.body ||
    focused.matches(':disabled') ||
    focused.closest('[hidden]') !== null
  );
}

/**
 * Keeps the keyboard where the person is. What has the focus may go away: a list that turns out to be empty, a row that
 * was deleted, the button of a menu that opened a dialog, a form that is hidden while it is sent. The browser then gives
 * the focus to nothing, and the next key goes to the page behind a dialog, or begins at the window’s first link.
 */
export function useKeptFocus(): void {
  useEffect(() => {
    let wasOpen = false;
    let held: Element | null = null;
    /** Had the focus when the dialogs that are open now opened. */
    let opener: HTMLElement | null = null;
    const hold = ({ target }: FocusEvent): void => {
      held = target instanceof Element && target.closest('#page') !== null ? target : null;
      if (target instanceof HTMLElement && target.closest(modals) === null) opener = target;
    };
    const release = ({ target, relatedTarget }: FocusEvent): void => {
      if (target === opener && relatedTarget === null) opener = null;
    };
    const keep = (): void => {
      const open = [...document.querySelectorAll<HTMLElement>(modals)].at(-1);
      const lost = isLost(document.activeElement);
      const back = wasOpen && opener?.isConnected === true && !isLost(opener) ? opener : null;
      if (lost && open !== undefined) open.focus({ preventScroll: true });
      else if (lost && (wasOpen || held?.isConnected === false))
        (back ?? document.getElementById('page'))?.focus({ preventScroll: true });
      wasOpen = open !== undefined;
    };
    document.addEventListener('focusin', hold);
    document.addEventListener('focusout', release);
    const observer = new MutationObserver(keep);
    observer.observe(document.body, {
      childList: true,
      subtree: true,
      attributeFilter: ['disabled', 'hidden'],
    });
    return () => {
      observer.disconnect();
      document.removeEventListener('focusin', hold);
      document.removeEventListener('focusout', release);
    };
  }, []);
}
