import { useEffect, useLayoutEffect, useRef } from 'react';
import { useLocation } from 'react-router';

/** Begins each page at its top, and with the focus in it where that had been in the page before. */
export function usePageStart(): void {
  const { key } = useLocation();
  const first = useRef(true);
  useLayoutEffect(() => {
    const page = document.getElementById('page');
    if (page !== null) page.scrollTop = 0;
  }, [key]);
  useEffect(() => {
    if (!first.current && document.activeElement === document.body) {
      document.getElementById('page')?.focus({ preventScroll: true });
    }
    first.current = false;
  }, [key]);
}
