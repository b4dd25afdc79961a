import { useEffect, useLayoutEffect } from 'react';
import { useLocation } from 'react-router';

/**
 * Begins each page at its top, and with the focus in it where nothing has it any more, as after the unlock. A field that
 * the page begins with keeps it.
 */
export function usePageStart(): void {
  const { key } = useLocation();
  useLayoutEffect(() => {
    const page = document.getElementById('page');
    if (page !== null) page.scrollTop = 0;
  }, [key]);
  useEffect(() => {
    const page = document.getElementById('page');
    const begun = document.activeElement;
    if (begun === document.body) page?.focus({ preventScroll: true });
    if (!(begun instanceof HTMLElement) || begun === page || page?.contains(begun) !== true) return;
    // A menu or palette that led here gives the focus back to its button a moment later, and nobody pressed anything.
    const done = new AbortController();
    const { signal } = done;
    const keep = ({ target }: FocusEvent): void => {
      if (!(target instanceof Element) || (target !== page && page.contains(target))) return;
      done.abort();
      if (begun.isConnected && target.closest('[role="dialog"]') === null) begun.focus();
    };
    document.addEventListener('focusin', keep, { signal });
    for (const deed of ['keydown', 'pointerdown']) {
      document.addEventListener(deed, () => done.abort(), { signal, capture: true });
    }
    return () => done.abort();
  }, [key]);
}
