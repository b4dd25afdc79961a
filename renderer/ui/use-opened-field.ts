import { useEffect, useRef, type RefObject } from 'react';

/** For a field that a click or a menu has just opened in its place: the keyboard is in it, with what it holds selected. */
export function useOpenedField(): RefObject<HTMLInputElement | null> {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // Once the menu that opened this has seen the focus on its button: it would take it back there otherwise.
    const handle = requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.select();
    });
    return () => cancelAnimationFrame(handle);
  }, []);
  return field;
}
