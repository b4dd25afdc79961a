import { useEffect, useState } from 'react';

interface Delay {
  /** Whole seconds left, rounded up; 0 when it is over. */
  secondsLeft: number;
  start: (milliseconds: number) => void;
}

function wholeSeconds(endsAt: number): number {
  return Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
}

/** Counts a delay down, second by second. */
export function useDelay(initialMs: number): Delay {
  const [endsAt, setEndsAt] = useState(() => Date.now() + initialMs);
  const [secondsLeft, setSecondsLeft] = useState(() => Math.ceil(initialMs / 1000));
  const running = secondsLeft > 0;

  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => {
      setSecondsLeft(wholeSeconds(endsAt));
    }, 250);
    return () => {
      clearInterval(timer);
    };
  }, [running, endsAt]);

  return {
    secondsLeft,
    start: (milliseconds) => {
      setEndsAt(Date.now() + milliseconds);
      setSecondsLeft(Math.ceil(milliseconds / 1000));
    },
  };
}
