import { useEffect, useLayoutEffect } from 'react';
import { useLocation } from 'react-router';

/** Begins each page at its top, and with the focus in it where nothing has it any more, as after the unlock. */
export function usePageStart(): void {
  const { key } = useLocation();
  useLayoutEffect(() => {
    const page = document.getElementById('page');
    if (page !== null) page.scrollTop = 0;
  }, [key]);
  useEffect(() => {
    if (document.activeElement === document.body) {
      document.getElementById('page')?.focus({ preventScroll: true });
    }
  }, [key]);
}
