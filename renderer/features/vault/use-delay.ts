import { useEffect, useState } from 'react';

interface Delay {
  /** Whole seconds left, rounded up; 0 when it is over. */
  secondsLeft: number;
  start: (milliseconds: number) => void;
}

function wholeSeconds(endsAt: number): number {
  return Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
}

/**
 * Counts a delay down, second by second.
 *
 * @param knownMs - What is known to be left, milliseconds; when it becomes another, counting starts anew.
 */
export function useDelay(knownMs: number): Delay {
  const [known, setKnown] = useState(knownMs);
  const [endsAt, setEndsAt] = useState(() => Date.now() + knownMs);
  const [secondsLeft, setSecondsLeft] = useState(() => Math.ceil(knownMs / 1000));
  const running = secondsLeft > 0;

  const start = (milliseconds: number): void => {
    setEndsAt(Date.now() + milliseconds);
    setSecondsLeft(Math.ceil(milliseconds / 1000));
  };
  if (known !== knownMs) {
    setKnown(knownMs);
    start(knownMs);
  }

  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => {
      setSecondsLeft(wholeSeconds(endsAt));
    }, 250);
    return () => {
      clearInterval(timer);
    };
  }, [running, endsAt]);

  return { secondsLeft, start };
}
