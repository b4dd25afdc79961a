import { useLayoutEffect } from 'react';

/** Says on the document which screen takes input now: the signal that tests and the start benchmark wait for. */
export function useReady(
  screen: 'unlock' | 'create' | 'recovery' | 'recover' | 'problem' | 'shell' | 'approval',
): void {
  useLayoutEffect(() => {
    document.documentElement.dataset['ready'] = screen;
    return () => {
      delete document.documentElement.dataset['ready'];
    };
  }, [screen]);
}
