import { useEffect } from 'react';

/** What tells people where they are when it has the focus. */
const places = 'section, form, table, ul, ol, li, [role="region"], [role="tabpanel"], [role="dialog"]';

const modals = '[role="dialog"][aria-modal="true"]';

/** Whether nothing has the focus, or something that is about to lose it with the next frame. */
function isLost(focused: Element | null): boolean {
  return (
    focused === null ||
    !focused.isConnected ||
    focused === document.body ||
    focused.matches(':disabled') ||
    focused.closest('[hidden]') !== null
  );
}

function ancestorsOf(element: Element): Element[] {
  const found: Element[] = [];
  for (let next: Element | null = element; next !== null; next = next.parentElement) found.push(next);
  return found;
}

/** The innermost place in a frame that something lay in and that is still there; else the frame itself. */
function placeIn(frame: HTMLElement, [, ...around]: readonly Element[]): HTMLElement {
  const place = around.find((element) => frame.contains(element) && element.matches(places));
  return place instanceof HTMLElement && !isLost(place) ? place : frame;
}

/** Focuses what takes no focus by itself, too. Not a control in it: a held key would press that. */
function focusOn(element: HTMLElement): void {
  if (!element.hasAttribute('tabindex') && element.tabIndex < 0) {
    element.tabIndex = -1;
    element.addEventListener(
      'blur',
      () => {
        element.removeAttribute('tabindex');
      },
      { once: true },
    );
  }
  element.focus({ preventScroll: true });
}

/**
 * Keeps the keyboard where the person is. What has the focus may go away: a list that turns out to be empty, a row that
 * was deleted, the button of a menu that opened a dialog, a form that is hidden while it is sent. The browser then gives
 * the focus to nothing, and the next key goes to the page behind a dialog, or begins at the window’s first link.
 */
export function useKeptFocus(): void {
  useEffect(() => {
    let wasOpen = false;
    /** Had the focus last, with all that it lay in, from the inside out. */
    let held: Element[] = [];
    /** Had the focus when the dialogs that are open now opened. */
    let opener: HTMLElement | null = null;
    const hold = ({ target }: FocusEvent): void => {
      held = target instanceof Element ? ancestorsOf(target) : [];
      if (target instanceof HTMLElement && target.closest(modals) === null) opener = target;
    };
    const release = ({ target, relatedTarget }: FocusEvent): void => {
      if (target === opener && relatedTarget === null) opener = null;
    };
    const keep = (): void => {
      const open = [...document.querySelectorAll<HTMLElement>(modals)].at(-1);
      const lost = isLost(document.activeElement);
      const back = wasOpen && opener?.isConnected === true && !isLost(opener) ? opener : null;
      const frame = open ?? document.getElementById('page');
      // What was in the page, and is gone. At the start nothing has had the focus.
      const wasInPage = held.some(({ id }) => id === 'page') && isLost(held[0] ?? null);
      if (lost && frame !== null && (open !== undefined || wasOpen || wasInPage))
        focusOn(open === undefined ? (back ?? placeIn(frame, held)) : placeIn(frame, held));
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
